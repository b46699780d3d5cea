"""Full-text search with what PostgreSQL ships in core: word forms, quotes, minus, and a prefix on the last word.

`words(text[])` is our own SQL function (migration 0001): core's array_to_string is not declared immutable, and
generated columns want that.

A searched table has a generated column `search tsvector`, made by `vector_sql`: the words in their English stems and
as they stand, so that half a word finds the whole one ("runni" finds "running", whose stem is "run").
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import ColumnElement, func

_TRAILING_OR = re.compile(r"\s+or$", re.IGNORECASE)
_LAST_WORD = re.compile(r"(?:^|(?<=\s))(\w+)$")


def vector_sql(**expressions: str) -> str:
    """The expression of a generated `search` column: `vector_sql(A="title", B="content")`, best weight first."""
    return " || ".join(
        f"setweight(to_tsvector('{config}'::regconfig, {expression}), '{weight}')"
        for weight, expression in expressions.items()
        for config in ("english", "simple")
    )


def matches(vector: Any, text: str) -> ColumnElement[bool]:
    """Whether `vector` answers the search `text`, as a person types it into a search box."""
    condition: ColumnElement[bool] = vector.op("@@")(query(text))
    return condition


def query(text: str) -> ColumnElement[Any]:
    """The tsquery for `text`. Nothing a person can type makes it fail; what has no words finds nothing."""
    last = _LAST_WORD.search(text)
    # Inside an open quote or after a minus, and for the word OR itself, the last word means something else.
    if last is None or text.count('"') % 2 or last.group(1).lower() == "or":
        return func.websearch_to_tsquery("english", text)
    prefix = f"{last.group(1)}:*"  # \w only: nothing that to_tsquery could read as an operator
    word = func.to_tsquery("english", prefix).op("||")(func.to_tsquery("simple", prefix))
    rest = text[: last.start()].strip()
    if not rest:
        return word
    before_or = _TRAILING_OR.sub("", rest)
    if before_or != rest:
        return func.websearch_to_tsquery("english", before_or).op("||")(word)
    return func.websearch_to_tsquery("english", rest).op("&&")(word)
