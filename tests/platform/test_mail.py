"""Mail as files: whole or not at all, the same id over repetitions, no header from outside."""

import stat
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from asyncops.extensions import settings
from asyncops.mail import Mail, send_mail
from asyncops.outbox import ARRIVED

MAIL = Mail(id="test-1", to="max@example.org", subject="Grüße", text="Zeile 1\nhttp://localhost/x#token=abc\n")


@pytest.fixture(autouse=True)
def _context(app):
    with app.app_context():
        yield


def test_a_mail_is_a_readable_file_for_its_owner_only():
    assert send_mail(MAIL, settings()) == ARRIVED

    path = Path(settings().data_dir, "mail", "test-1.eml")

    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert message["To"] == "max@example.org"
    assert message["Subject"] == "Grüße"
    assert message["Message-ID"] == "<test-1@asyncops>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content() == MAIL.text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_sending_twice_leaves_one_file():
    first, second = send_mail(MAIL, settings()), send_mail(MAIL, settings())

    assert first == second == ARRIVED
    assert [path.name for path in Path(settings().data_dir, "mail").glob("*test-1*")] == ["test-1.eml"]


@pytest.mark.parametrize("field", ["to", "subject"])
def test_a_line_break_makes_no_header(field):
    with pytest.raises(ValueError, match=r"linefeed|newline|CR"):
        send_mail(replace(MAIL, **{field: "x@example.org\r\nBcc: y@example.org"}), settings())
