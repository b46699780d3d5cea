"""Who may be meant by an @ in a text. Pure: what is a mention is decided here, whose it is by identity.

Code is not read: `@app.route` in a code span or block calls nobody.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from markdown_it import MarkdownIt

MOST_MENTIONS = 50
"""In one text. Whoever writes more means everybody, which an @ can't."""

_HANDLE = re.compile(r"(?<![\w.@/+-])@([A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}(?:@[A-Za-z0-9.-]{1,190})?)")
_END = re.compile(r"[^A-Za-z0-9]+")
_MARKDOWN = MarkdownIt("commonmark")

Finder = Callable[[set[str]], dict[str, int]]
"""Ids of people by handle, in lower case and without the @."""


def mentioned(text: str | None, find: Finder) -> set[int]:
    """Ids of the people that a Markdown text mentions: for each @, the longest handle that somebody has."""
    if not text or "@" not in text:
        return set()
    written = [list(_readings(handle)) for handle in list(_handles(text))[:MOST_MENTIONS]]
    if not written:
        return set()
    people = find({reading for readings in written for reading in readings})
    found = (next((people[reading] for reading in readings if reading in people), None) for readings in written)
    return {user_id for user_id in found if user_id is not None}


def _handles(text: str) -> Iterator[str]:
    for block in _MARKDOWN.parse(text):
        for token in block.children or ():
            if token.type == "text":
                yield from _HANDLE.findall(token.content)


def _readings(handle: str) -> Iterator[str]:
    """The handle as written, and shorter where a sentence's punctuation may follow it: `max.` is also `max`."""
    handle = handle.lower()
    yield handle
    for cut in reversed(list(_END.finditer(handle))):
        if cut.start():
            yield handle[: cut.start()]
