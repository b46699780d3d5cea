"""Full-text search with what PostgreSQL ships in core: word forms, quotes, minus, and a prefix on the last word.

`words(text[])` is our own SQL function (migration 0001): core's array_to_string is not declared immutable, and
generated columns want that.

A searched table has a generated column `search tsvector`, made by `vector_sql`: the words in their English stems and
as they stand, so that half a word finds the whole one ("runni" finds "running", whose stem is "run").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import Any, TypedDict

from sqlalchemy import ColumnElement, String, and_, bindparam, case, cast, false, func, select, true
from sqlalchemy.dialects.postgresql import TSQUERY

from asyncops.database import Model
from asyncops.prepared import Prepared

_TRAILING_OR = re.compile(r"\s+or$", re.IGNORECASE)
# Each minus is a NOT, and PostgreSQL fails where thirty follow each other, whatever signs stand between. Several say
# nothing: `--force` is a word with ornament.
_MINUSES = re.compile(r'-(?:[^\w"-]*-)+')
_LAST_WORD = re.compile(r"(?:^|(?<=\s))(\w+)$")

# Characters for private use, so that no text a person types ends or begins a mark.
_MARK, _UNMARK, _GAP = "\ue000", "\ue001", "\ue002"
_HEADLINE = (
    f"StartSel={_MARK}, StopSel={_UNMARK}, FragmentDelimiter={_GAP}, "
    "MaxFragments=2, MinWords=12, MaxWords=30, ShortWord=0"
)
_EACH, _NONE = true(), false()


@dataclass(frozen=True, slots=True)
class Searchable:
    """What a module opens of its records to the search over everything: columns and expressions of one table."""

    model: type[Model]
    id: Any
    title: Any
    document: Any  # all that a person can read in it, for the highlights
    vector: Any
    created_at: Any
    archived: Any = _NONE
    there: Any = _EACH  # the condition that leaves out what was deleted


def vector_sql(**expressions: str) -> str:
    """The expression of a generated `search` column: `vector_sql(A="title", B="content")`, best weight first."""
    return " || ".join(
        f"setweight(to_tsvector('{config}'::regconfig, {expression}), '{weight}')"
        for weight, expression in expressions.items()
        for config in ("english", "simple")
    )


_PARSED = cast(bindparam("parsed", type_=String), TSQUERY)
_RANKED = cast(bindparam("ranked", type_=String), TSQUERY)

_PREFIX, _REST = bindparam("prefix", type_=String), bindparam("rest", type_=String)
_STEM, _TYPED = func.to_tsquery("english", _PREFIX), func.to_tsquery("simple", _PREFIX)
_EITHER_FORM = _STEM.op("||")(_TYPED)
# What begins with the stem is found by the stem: a word twice is read twice, and PostgreSQL expects twice as many.
_SAID_BY_STEM = and_(
    cast(_STEM, String) != "", func.starts_with(cast(_TYPED, String), func.rtrim(cast(_STEM, String), "':*"))
)
_LAST = case((_SAID_BY_STEM, _STEM), else_=_EITHER_FORM)
_AS_TYPED = func.websearch_to_tsquery("english", _REST)
_WHOLE, _WORD, _EITHER, _BOTH = (
    Prepared(select(cast(parsed, String).label("parsed"), cast(ranked, String).label("ranked")))
    for parsed, ranked in (
        (_AS_TYPED, _AS_TYPED),
        (_LAST, _EITHER_FORM),
        (_AS_TYPED.op("||")(_LAST), _AS_TYPED.op("||")(_EITHER_FORM)),
        (_AS_TYPED.op("&&")(_LAST), _AS_TYPED.op("&&")(_EITHER_FORM)),
    )
)


class Parsed(TypedDict):
    """Values for a statement that searches, which is so always the same: tsqueries, written out.

    Both are answered by the same texts. Ranked by the second, those come first that hold the very word that was typed.
    """

    parsed: str
    ranked: str


def parse(text: str | None) -> str | None:
    """The tsquery that `matches` wants for `text`, as `parse_to_rank`; None for none."""
    return parse_to_rank(text)["parsed"] if text else None


def parse_to_rank(text: str) -> Parsed:
    """What `matches` and `rank` want. Nothing a person can type makes it fail; what has no words finds nothing."""
    shaped = _shaped(text)
    return {"parsed": shaped.parsed, "ranked": shaped.ranked}


def _shaped(text: str) -> Any:
    text = _MINUSES.sub(" ", text)
    last = _LAST_WORD.search(text)
    # Inside an open quote or after a minus, and for the word OR itself, the last word means something else.
    if last is None or text.count('"') % 2 or last.group(1).lower() == "or":
        return _WHOLE.one(rest=text)
    prefix = f"{last.group(1)}:*"  # \w only: nothing that to_tsquery could read as an operator
    rest = text[: last.start()].strip()
    if not rest:
        return _WORD.one(prefix=prefix)
    before_or = _TRAILING_OR.sub("", rest)
    if before_or != rest:
        return _EITHER.one(rest=before_or, prefix=prefix)
    return _BOTH.one(rest=rest, prefix=prefix)


def matches(vector: Any) -> ColumnElement[bool]:
    """Whether `vector` answers the search that was parsed."""
    condition: ColumnElement[bool] = vector.op("@@")(_PARSED)
    return condition


def rank(vector: Any) -> ColumnElement[float]:
    """How well `vector` answers it: titles weigh most, and long texts don't win by their length alone."""
    return func.ts_rank(vector, _RANKED, 1)


def headline(document: Any) -> ColumnElement[str]:
    """The passages of `document` that answer it, for `passages` to read; dear, so make them for what is shown."""
    return _headline("english", document)


def headline_or_plain(english: Any, document: Any) -> ColumnElement[str]:
    """The `english` headline of the document, or the one word by word: half a word is no stem."""
    return case((func.strpos(english, _MARK) > 0, english), else_=_headline("simple", document))


def _headline(configuration: str, document: Any) -> ColumnElement[str]:
    plain = func.translate(document, _MARK + _UNMARK + _GAP, "")
    return func.ts_headline(configuration, plain, _PARSED, _HEADLINE)


def passages(headline: str) -> list[str]:
    """The marked passages as HTML: escaped text in which only `<mark>` is markup."""
    return [
        escape(" ".join(part.split())).replace(_MARK, "<mark>").replace(_UNMARK, "</mark>")
        for part in headline.split(_GAP)
        if _MARK in part
    ]
