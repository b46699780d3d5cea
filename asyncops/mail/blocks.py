"""What a letter is made of. The same blocks become its plain text and its HTML, so that neither is the poor one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

_ADDRESS = re.compile(r"https?://[!#-;=?-~]+")  # printable ASCII, none of <>"


def require_address(url: str) -> None:
    """Raise ValueError for what is no web address: nobody gets a link that runs a script, or ends in mid-air."""
    if not _ADDRESS.fullmatch(url):
        raise ValueError(f"Not an http address: {url!r}")


@dataclass(frozen=True, slots=True)
class Link:
    """Words in a line that lead somewhere."""

    text: str
    url: str

    def __post_init__(self) -> None:
        """Refuse what is no web address."""
        require_address(self.url)


Part: TypeAlias = str | Link


@dataclass(frozen=True, slots=True, init=False)
class Paragraph:
    """Prose: parts that follow each other without a space of their own."""

    kind: ClassVar = "paragraph"
    parts: tuple[Part, ...]

    def __init__(self, *parts: Part) -> None:
        """Take the parts one by one."""
        object.__setattr__(self, "parts", parts)


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of what follows."""

    kind: ClassVar = "heading"
    text: str


@dataclass(frozen=True, slots=True, init=False)
class Items:
    """A list; each line is a tuple of parts, as in a paragraph."""

    kind: ClassVar = "items"
    lines: tuple[tuple[Part, ...], ...]

    def __init__(self, *lines: tuple[Part, ...]) -> None:
        """Take the lines one by one."""
        object.__setattr__(self, "lines", lines)


@dataclass(frozen=True, slots=True)
class Quote:
    """What a person wrote, line by line, shown as it is and never as markup."""

    kind: ClassVar = "quote"
    text: str


@dataclass(frozen=True, slots=True)
class Button:
    """The one main link of the letter; in plain text its address has a line of its own."""

    kind: ClassVar = "button"
    text: str
    url: str

    def __post_init__(self) -> None:
        """Refuse what is no web address."""
        require_address(self.url)


Block: TypeAlias = Paragraph | Heading | Items | Quote | Button
