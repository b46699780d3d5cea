"""A letter's two bodies, from the same blocks."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

import jinja2

from asyncops.mail.blocks import Block, Button, Heading, Items, Paragraph, Part, Quote

WIDTH = 76

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # all but tab and line feed; terminals obey some of them
_html = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)


def render_html(*, subject: str, sender: str, blocks: tuple[Block, ...], reason: str, unsubscribe: str | None) -> str:
    """The HTML: no image, no script, nothing from elsewhere; whatever stands in the blocks is text."""
    letter = _html.get_template("letter.html")
    return _CONTROL.sub(
        "", letter.render(subject=subject, sender=sender, blocks=blocks, reason=reason, unsubscribe=unsubscribe)
    )


def render_text(*, blocks: tuple[Block, ...], reason: str, unsubscribe: str | None) -> str:
    """The plain text, in lines of up to 76 characters; an address is never broken."""
    footer = ["-- ", *_wrap(reason)]  # with its blank: mail programs know it as the end of what was written
    if unsubscribe:
        footer.append(f"No more such mails: {unsubscribe}")
    bodies = ["\n".join(_lines(block)) for block in blocks]
    return _CONTROL.sub("", "\n\n".join([*bodies, "\n".join(footer)])) + "\n"


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Paragraph(parts=parts):
            yield from _wrap(_line(parts))
        case Heading(text=text):
            heading = _wrap(text)
            yield from heading
            yield "-" * max(map(len, heading))
        case Items(lines=lines):
            for parts in lines:
                yield from _wrap(_line(parts), first="- ", then="  ")
        case Quote(text=text):
            for line in text.splitlines():
                yield from _wrap(line, first="> ", then="> ")
        case Button(text=text, url=url):
            yield from _wrap(f"{text}:")
            yield url


def _line(parts: tuple[Part, ...]) -> str:
    return "".join(part if isinstance(part, str) else f"{part.text} <{part.url}>" for part in parts)


def _wrap(text: str, *, first: str = "", then: str = "") -> list[str]:
    wrapped = textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=then,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return wrapped or [first.rstrip()]
