"""The message: two parts of the same content, headers that nobody writes into, the same bytes each time."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncops.config import Settings
from asyncops.mail import Button, Heading, Items, Link, Mail, Paragraph, Quote
from asyncops.mail.message import compose

URL = "https://ops.example.org/incidents/12"
LONG = f"https://ops.example.org/api/notifications/unsubscribe?token={'a' * 200}"
SETTINGS = Settings.from_environment(
    {
        "DATABASE_URL": "postgresql://u:p@h/d",
        "REDIS_URL": "redis://h",
        "SECRET_KEY": "k3y-0123456789-abcdefghijklmnopqrs",
        "JWT_SECRET_KEY": "t0ken-0123456789-abcdefghijklmnopq",
        "ENCRYPTION_KEY": "dGVzdHMtZW5jcnlwdGlvbi1rZXktMDEyMzQ1Njc4OWE=",
        "PUBLIC_URL": "https://ops.example.org/team",
        "WORKSPACE_NAME": "The Team",
    }
)
MAIL = Mail(
    id="delivery-7",
    to="max@example.org",
    subject="Incident 12: the database is away",
    blocks=(
        Paragraph("Ada changed ", Link("Incident 12", URL), "."),
        Heading("What is open"),
        Items(("one, see ", Link("here", URL)), ("two",)),
        Quote("first line\n\n  second line"),
        Button("Open the incident", URL),
    ),
    made_at=datetime(2026, 11, 24, 10, 11, 12, 345678, tzinfo=UTC),
    reason="You get this mail because you are assigned to it.",
    thread="incident-12",
    unsubscribe=LONG,
)

PAYLOADS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</blockquote></div></body></html>",
    "<!--x",
    "&lt;b&gt;",
    "{{ 7*7 }}{% raw %}",
    "]]>",
    "\x1b[31mred\x07\x00",
]


def arrived(mail=MAIL, settings=SETTINGS):
    """The message as a mail program reads it."""
    return message_from_bytes(compose(mail, settings).as_bytes(), policy=policy.default)


def text_of(mail):
    return arrived(mail).get_body(("plain",)).get_content()


class Page(HTMLParser):
    """Which elements an HTML text has, with their attributes but for what `lang` and links hold, and its words."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.words, self.links = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, *sorted(name for name, _ in attrs)))
        self.links += [value for name, value in attrs if name == "href"]

    def handle_comment(self, data):
        self.elements.append(("comment", data))

    def handle_data(self, data):
        self.words.append(data)


def page_of(mail):
    return Page(arrived(mail).get_body(("html",)).get_content())


def written_by(payload):
    """A mail in which a person wrote wherever a person can write."""
    return replace(
        MAIL,
        subject=payload,
        reason=payload,
        blocks=(
            Paragraph(payload, Link(payload, URL), payload),
            Heading(payload),
            Items((payload, Link(payload, URL)), (payload,)),
            Quote(payload),
            Button(payload, URL),
        ),
    )


def test_the_headers():
    message = arrived()

    assert message["From"] == "AsyncOps <asyncops@localhost>"
    assert message["To"] == "max@example.org"
    assert message["Subject"] == "Incident 12: the database is away"
    assert message["Date"] == "Tue, 24 Nov 2026 10:11:12 +0000"
    assert message["Message-ID"] == "<delivery-7.20261124T101112345678@ops.example.org>"
    assert message["References"] == message["In-Reply-To"] == "<incident-12@ops.example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["List-Unsubscribe"] == f"<{LONG}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_addresses_in_headers_stay_legible_for_machines():
    raw = compose(replace(MAIL, id="a" * 90, thread="b" * 90), SETTINGS).as_bytes()

    assert f"\nList-Unsubscribe: <{LONG}>\n".encode() in raw
    assert f"\nReferences: <{'b' * 90}@ops.example.org>\n".encode() in raw
    assert f"\nIn-Reply-To: <{'b' * 90}@ops.example.org>\n".encode() in raw
    assert f"\nMessage-ID: <{'a' * 90}.20261124T101112345678@ops.example.org>\n".encode() in raw
    assert raw.isascii()


def test_a_mail_without_thread_and_unsubscribe_has_neither():
    message = arrived(replace(MAIL, thread=None, unsubscribe=None))

    for name in ("References", "In-Reply-To", "List-Unsubscribe", "List-Unsubscribe-Post"):
        assert name not in message
    assert "No more such mails" not in message.as_string()


def test_made_again_it_is_the_same_message():
    elsewhere = replace(MAIL, made_at=MAIL.made_at.astimezone(timezone(timedelta(hours=5))))

    assert compose(MAIL, SETTINGS).as_bytes() == compose(elsewhere, SETTINGS).as_bytes()


def test_a_row_of_a_database_made_anew_is_another_message():
    assert arrived()["Message-ID"] != arrived(replace(MAIL, made_at=MAIL.made_at + timedelta(seconds=1)))["Message-ID"]


@pytest.mark.parametrize(
    ("public_url", "host"),
    [(None, "localhost"), ("http://192.0.2.7:8000", "[192.0.2.7]"), ("http://[2001:db8::1]", "[IPv6:2001:db8::1]")],
)
def test_ids_bear_the_host_that_people_know(public_url, host):
    message = arrived(settings=replace(SETTINGS, public_url=public_url))

    assert message["Message-ID"] == f"<delivery-7.20261124T101112345678@{host}>"
    assert message["References"] == f"<incident-12@{host}>"


def test_the_plain_text():
    assert text_of(MAIL).splitlines() == [
        f"Ada changed Incident 12 <{URL}>.",
        "",
        "What is open",
        "------------",
        "",
        f"- one, see here <{URL}>",
        "- two",
        "",
        "> first line",
        ">",
        ">   second line",
        "",
        "Open the incident:",
        URL,
        "",
        "-- ",
        "You get this mail because you are assigned to it.",
        f"No more such mails: {LONG}",
    ]


def test_lines_are_wrapped_and_addresses_are_not():
    long = f"https://ops.example.org/{'a-b-' * 30}"
    parts = ("well-known words " * 20, Link("here", long), " more words" * 20)

    lines = text_of(replace(MAIL, blocks=(Paragraph(*parts), Items(parts), Quote("words " * 40)))).splitlines()

    assert [line for line in lines if long in line] == [f"<{long}>", f"  <{long}>"]
    assert max(len(line) for line in lines if "https" not in line) <= 76
    assert [line[:8] for line in lines if "words words words words" in line][-4:] == ["> words "] * 4


def test_the_html_holds_the_same():
    html = arrived().get_body(("html",)).get_content()
    page = Page(html)

    words = "".join(page.words)
    for expected in (
        "Ada changed Incident 12.",
        "What is open",
        "one, see here",
        "two",
        "Open the incident",
        MAIL.reason,
    ):
        assert expected in words
    assert "first line<br><br>  second line</blockquote>" in html
    assert page.links == [URL, URL, URL, LONG]
    assert '<html lang="en">' in html


def test_the_html_loads_nothing_and_runs_nothing():
    page = page_of(MAIL)

    assert {element[0] for element in page.elements} == {
        *("html", "head", "meta", "title", "style", "body", "div", "p", "h2", "ul", "li", "blockquote", "br", "a")
    }
    assert not re.search(r"url\(|@import|src=", arrived().get_body(("html",)).get_content())


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_a_person_wrote_is_no_markup(payload):
    page, plain = page_of(written_by(payload)), page_of(written_by("words"))

    assert page.elements == plain.elements
    assert page.links == plain.links
    shown = re.sub(r"[\x00-\x1f]", "", payload)
    assert "".join(page.words).count(shown) == "".join(plain.words).count("words")
    assert text_of(written_by(payload)).count(shown.strip()) == text_of(written_by("words")).count("words")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_arrives(written):
    mail = replace(MAIL, subject=written, blocks=(Quote(written), Button("Open", URL)))

    lines = text_of(mail).splitlines()
    assert page_of(mail).elements.count(("blockquote", "class", "dir", "style")) == 1
    assert URL in lines
    assert lines[-2:] == [MAIL.reason, f"No more such mails: {LONG}"]
    assert arrived(mail)["To"] == "max@example.org"
    shown = re.sub(r"[\x00-\x1f\x7f-\x9f]", "", written).split()
    quoted = " ".join(line.removeprefix(">") for line in lines[: lines.index("Open:")])
    assert "".join(quoted.split()) == "".join(shown)


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\0", "\x1b"])
def test_a_title_makes_no_header(end):
    message = arrived(replace(MAIL, subject=f"Title{end}Bcc: eve@example.org{end}{end}<b>"))

    assert message["Subject"] == "Title Bcc: eve@example.org <b>"
    assert "Bcc" not in message
    assert "eve" not in text_of(MAIL)


def test_a_subject_is_cut():
    assert arrived(replace(MAIL, subject="ü" * 150))["Subject"] == "ü" * 150
    assert arrived(replace(MAIL, subject="ü" * 151))["Subject"] == "ü" * 149 + "…"


def test_the_longest_address_stays_whole():
    longest = f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 58}.org"
    assert len(longest) == 255

    assert f"\nTo: {longest}\n".encode() in compose(replace(MAIL, to=longest), SETTINGS).as_bytes()


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "a b"},
        {"id": ""},
        {"id": "../x"},
        {"id": "a\n"},
        {"thread": "<x>"},
        {"thread": ""},
        {"to": "x@example.org\r\nBcc: y@example.org"},
        {"to": "x@example.org\n"},
        {"to": "x@example.org, y@example.org"},
        {"to": "X <x@example.org>"},
        {"to": "nobody"},
        {"unsubscribe": "javascript:alert(1)"},
        {"unsubscribe": "https://a.example.org/> x"},
        {"made_at": datetime(2026, 1, 1)},  # noqa: DTZ001 - that is what is wrong
    ],
)
def test_what_makes_no_good_message_is_refused(wrong):
    with pytest.raises(ValueError, match=r"Not|made_at"):
        replace(MAIL, **wrong)


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "//x.example.org", "", "https://x y", 'https://x"y', "https://x\ny"],
)
@pytest.mark.parametrize("block", [Link, Button])
def test_a_link_leads_to_a_web_address(block, url):
    with pytest.raises(ValueError, match="Not an http address"):
        block("Here", url)


def test_nobody_writes_the_line_that_ends_a_part():
    boundary = arrived().get_boundary()
    mail = replace(MAIL, blocks=(Paragraph(f"--{boundary}--"), Quote(f"--{boundary}")))

    assert len(list(arrived(mail).iter_parts())) == 2
    assert arrived(mail).get_boundary() != boundary


@pytest.mark.parametrize("written", ["word " * 3000, "w" * 3000, "é" * 3000, "From \n" * 10, ".\n" * 10])
def test_every_line_is_short_enough_for_the_protocol(written):
    mail = replace(MAIL, blocks=(Paragraph(written), Quote(written)))

    raw = compose(mail, SETTINGS).as_bytes()

    assert max(map(len, raw.split(b"\n"))) <= 998
    assert "".join(text_of(mail).split("-- ")[0].replace(">", "").split()) == "".join(written.split()) * 2
