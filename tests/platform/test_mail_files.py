"""Mail as files, where there is no mail server: whole or not at all, the same file over repetitions."""

import stat
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from asyncops.mail import Button, Mail, Paragraph, send_mail
from asyncops.outbox import ARRIVED

MAIL = Mail(
    id="test-1",
    to="max@example.org",
    subject="Grüße",
    blocks=(Paragraph("Somebody wants you."), Button("Come", f"http://localhost/x#token={'abc=' * 40}")),
    made_at=datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC),
    reason="You get this mail because this is a test.",
)


@pytest.fixture
def settings(make_app, tmp_path):
    return make_app(DATA_DIR=str(tmp_path)).extensions["asyncops.settings"]


def test_a_mail_is_a_file_for_its_owner_only(settings, tmp_path, logged):
    assert send_mail(MAIL, settings) == ARRIVED

    (path,) = tmp_path.glob("mail/*")
    assert path.name == "test-1.20260302T090000123456.eml"
    assert message_from_bytes(path.read_bytes(), policy=policy.default)["To"] == "max@example.org"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert f'"event":"mail_written","path":"{path}"' in logged()


@pytest.mark.parametrize("team", ["Team", "Tëam 好"])
def test_an_operator_reads_the_link_in_the_file_as_it_is(settings, tmp_path, team):
    send_mail(replace(MAIL, blocks=(Paragraph(f"Come to {team}."), *MAIL.blocks)), settings)

    (path,) = tmp_path.glob("mail/*")
    lines = path.read_text("utf-8").splitlines()
    assert f"Come to {team}." in lines
    assert MAIL.blocks[1].url in lines


def test_sending_twice_leaves_one_file(settings, tmp_path):
    assert send_mail(MAIL, settings) == ARRIVED
    (path,) = tmp_path.glob("mail/*")
    first = path.read_bytes()

    assert send_mail(MAIL, settings) == ARRIVED

    assert list(tmp_path.glob("mail/*")) == [path]
    assert path.read_bytes() == first


def test_a_disk_that_refuses_is_a_failed_attempt(settings, tmp_path):
    Path(tmp_path, "mail").touch()

    outcome = send_mail(MAIL, settings)

    assert outcome.error == "The mail file could not be written: File exists"
    assert not outcome.permanent
