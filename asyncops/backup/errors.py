"""The one error of this package."""

from asyncops.errors import AppError


class BackupError(AppError):
    """It was not done, and nothing was changed unless the sentence says so."""
