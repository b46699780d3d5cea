"""Why daily summaries refuse."""

from asyncops.errors import Invalid, NotFound


class SummaryNotFound(NotFound):
    """There is no such summary."""

    detail = "Summary not found"


class FutureDay(Invalid):
    """A day that has not come can't be summed up."""

    def __init__(self) -> None:
        """Refuse the date."""
        super().__init__({"summary_date": ["This day lies in the future."]})
