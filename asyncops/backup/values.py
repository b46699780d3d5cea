"""How a column's values stand in an export: exact, readable, and in one way only."""

from __future__ import annotations

import base64
import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, NoReturn

import orjson
from sqlalchemy import Boolean, Column, Date, DateTime, Integer, LargeBinary, String, Time, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

_DAY = r"\d{4}-\d\d-\d\d"
_CLOCK = r"\d\d:\d\d:\d\d\.\d{6}"
_UNKEPT = re.compile("[\0\ud800-\udfff]")
_DIGITS_OF_64_BITS = 18


@dataclass(frozen=True, slots=True)
class Kind:
    """`write` turns what psycopg gives into JSON; `read` the other way, raising ValueError with half a sentence."""

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]
    select: str = "{}"


def kind_of(column: Column[Any]) -> Kind:
    """The kind of a column; TypeError for a type that nobody has thought of yet."""
    for type_, kind in _KINDS:
        if isinstance(column.type, type_):
            return kind
    raise TypeError(f"{column} has the type {column.type}, for which asyncops/backup/values.py has no line")


def parse(line: bytes) -> Any:
    """A line's JSON, with numbers in all their digits; ValueError if it is none."""
    try:
        return json.loads(line.decode(), parse_float=Decimal, parse_int=_whole, parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error


def _whole(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= _DIGITS_OF_64_BITS else Decimal(digits)


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")


def _same(value: Any) -> Any:
    return value


def _exactly(type_: type, name: str) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if type(value) is not type_:
            raise ValueError(f"is not {name}")
        return value

    return read


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("is not a text")  # noqa: TRY004 - of the file, not of the program
    if _UNKEPT.search(value):
        raise ValueError("has a character that PostgreSQL does not keep")
    return value


def _texts(value: Any) -> list[str | None]:
    if not isinstance(value, list):
        raise ValueError("is not a list")  # noqa: TRY004 - as above
    return [None if each is None else _text(each) for each in value]


def _matching(pattern: str, convert: Callable[[str], Any], name: str) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if not isinstance(value, str) or not re.fullmatch(pattern, value, re.ASCII):
            raise ValueError(f"is not {name}")
        try:
            return convert(value)
        except ValueError as error:
            raise ValueError(f"is not {name}") from error

    return read


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _clock(value: time) -> str:
    return value.isoformat("microseconds")


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _json(value: Any) -> str:
    try:
        return orjson.dumps(value, default=lambda number: orjson.Fragment(str(number))).decode()
    except TypeError as error:
        raise ValueError("is no JSON that PostgreSQL keeps") from error


_KINDS: tuple[tuple[type, Kind], ...] = (
    (Boolean, Kind(_same, _exactly(bool, "true or false"))),
    (Integer, Kind(_same, _exactly(int, "a whole number"))),  # BigInteger and SmallInteger too
    (String, Kind(_same, _text)),  # Text too
    (DateTime, Kind(_moment, _matching(rf"{_DAY}T{_CLOCK}Z", datetime.fromisoformat, "a moment in UTC"))),
    (Date, Kind(date.isoformat, _matching(_DAY, date.fromisoformat, "a date"))),
    (Time, Kind(_clock, _matching(_CLOCK, time.fromisoformat, "a time of day"))),
    (Uuid, Kind(str, _matching(r"[0-9a-f-]{36}", uuid.UUID, "a UUID"))),
    (
        LargeBinary,
        Kind(_base64, _matching(r"[A-Za-z0-9+/]*={0,2}", lambda text: base64.b64decode(text, validate=True), "base64")),
    ),
    (ARRAY, Kind(_same, _texts)),
    # As PostgreSQL itself writes it, with all the digits of a number.
    (JSONB, Kind(orjson.Fragment, _json, "{}::text")),
)
