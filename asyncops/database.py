"""The base of every model, and how rows are locked and read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeAlias, TypeVar, cast

from sqlalchemy import ARRAY, ColumnElement, DateTime, MetaData, Row, Table, any_, bindparam, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from asyncops.clock import utcnow
from asyncops.errors import AppError, Stale
from asyncops.extensions import db

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Model(DeclarativeBase):
    """Base of every table: constraints have predictable names, times have a zone."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map = {datetime: DateTime(timezone=True)}  # noqa: RUF012 - SQLAlchemy reads it by this name


def _created_at(context: Any) -> datetime:
    # To the microsecond the same, so that "never edited" can be read off the row.
    moment: datetime = context.get_current_parameters()["created_at"]
    return moment


class Timestamped:
    """When a row was made and last changed, in UTC."""

    created_at: Mapped[datetime] = mapped_column(default=utcnow, server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(default=_created_at, onupdate=utcnow, server_default=func.now())


class Versioned:
    """A `version` that starts at 1 and that every write through the ORM bumps; the record's `ETag` is made from it."""

    version: Mapped[int] = mapped_column(server_default="1")

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - a class attribute in SQLAlchemy's terms
        """Let the mapper bump and compare the version."""
        return {"version_id_col": cls.__dict__.get("version", cls.version)}


AnyRow: TypeAlias = Row[*tuple[Any, ...]]
"""A row of whatever columns the statement names."""

M = TypeVar("M", bound=Model)


def table_of(model: type[Model]) -> Table:
    """The model's table, for statements in which the ORM has no part: what it does costs more than most of them."""
    return cast("Table", model.__table__)


def lock(model: type[M], record_id: int, missing: type[AppError]) -> M:
    """The row, locked until the transaction ends, as it is now in the database; raises `missing`.

    Rows that merely point to it may be written meanwhile (FOR NO KEY UPDATE).
    """
    return _locked(model, record_id, missing, key_share=True)


def lock_to_delete(model: type[M], record_id: int, missing: type[AppError]) -> M:
    """As `lock`, and nobody can point to the row any more: whoever is about to, waits, and then finds it gone."""
    return _locked(model, record_id, missing, key_share=False)


def hold(model: type[Model], record_id: int) -> bool:
    """Whether the row exists; it can't be deleted until the transaction ends, so that it is safe to point to it."""
    statement = select(model.id).where(model.id == record_id)  # type: ignore[attr-defined]
    return db.session.scalar(statement.with_for_update(read=True, key_share=True)) is not None


def _locked(model: type[M], record_id: int, missing: type[AppError], *, key_share: bool) -> M:
    statement = select(model).where(model.id == record_id)  # type: ignore[attr-defined]
    locking = statement.with_for_update(key_share=key_share).execution_options(populate_existing=True)
    record = db.session.scalars(locking).one_or_none()
    if record is None:
        raise missing
    return record


def any_of(column: Any, name: str) -> ColumnElement[bool]:
    """Whether the column has one of the values in the parameter `name`, a list."""
    condition: ColumnElement[bool] = column == any_(bindparam(name, type_=ARRAY(column.type)))
    return condition


IfMatch: TypeAlias = frozenset[int] | None
"""The versions that a write is meant for; None: whatever the record is."""


def require_version(version: int, if_match: IfMatch, current: Callable[[], Any]) -> None:
    """Refuse a write by somebody who read another version than the locked one (`if_match` None: no condition)."""
    if if_match is not None and version not in if_match:
        raise Stale(current())
