"""When a message may go out: arithmetic over clocks and zones"""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.notifications.timing import Timing


def at(text):
    return datetime.fromisoformat(text)


EARLIEST, LATEST = (datetime.fromisoformat(day) for day in ("2020-01-01", "2030-01-01"))
SKIPPED = {"quiet_start": time(1), "quiet_end": time(2, 30), "timezone": "Europe/Madrid"}
NIGHT = {"quiet_start": time(22), "quiet_end": time(7)}


@pytest.mark.parametrize(
    ("wishes", "now", "expected"),
    [
        ({}, "2026-03-02T03:00Z", None),
        (NIGHT, "2026-03-02T21:59Z", None),
        (NIGHT, "2026-03-02T22:00Z", "2026-03-03T07:00Z"),
        (NIGHT, "2026-03-02T23:30Z", "2026-03-03T07:00Z"),
        (NIGHT, "2026-03-03T06:59Z", "2026-03-03T07:00Z"),
        (NIGHT, "2026-03-03T07:00Z", None),
        ({"quiet_start": time(12), "quiet_end": time(13)}, "2026-03-02T12:30Z", "2026-03-02T13:00Z"),
        ({"quiet_start": time(12), "quiet_end": time(13)}, "2026-03-02T13:00Z", None),
        (NIGHT | {"timezone": "Asia/Tokyo"}, "2026-03-02T13:30Z", "2026-03-02T22:00Z"),
        (NIGHT | {"timezone": "Asia/Kathmandu"}, "2026-03-02T16:15Z", "2026-03-03T01:15Z"),
        # The night in which clocks go forward, and the one in which they go back.
        (NIGHT | {"timezone": "Europe/Madrid"}, "2026-03-28T23:00Z", "2026-03-29T05:00Z"),
        (NIGHT | {"timezone": "Europe/Madrid"}, "2026-10-24T23:00Z", "2026-10-25T06:00Z"),
        # An end that the clock skips is read as before the change: 2:30 as half past three.
        (SKIPPED, "2026-03-29T00:30Z", "2026-03-29T01:30Z"),
    ],
)
def test_quiet_hours_hold_everything_back_until_they_end(wishes, now, expected):
    held = Timing(**wishes).held_until("chat", at(now))

    assert held == (at(expected) if expected else None)


def test_a_daily_mail_waits_for_its_hour_and_chat_does_not():
    timing = Timing(daily_mail=True, digest_time=time(9), timezone="Europe/Madrid")

    assert timing.held_until("email", at("2026-03-02T07:59Z")) == at("2026-03-02T08:00Z")
    assert timing.held_until("email", at("2026-03-02T08:00Z")) == at("2026-03-03T08:00Z")
    assert timing.held_until("chat", at("2026-03-02T07:59Z")) is None


def test_a_daily_mail_whose_hour_is_quiet_comes_when_that_ends():
    timing = Timing(daily_mail=True, digest_time=time(6), **NIGHT)

    assert timing.held_until("email", at("2026-03-02T12:00Z")) == at("2026-03-03T07:00Z")


@given(
    st.builds(
        Timing,
        timezone=st.sampled_from(["UTC", "Europe/Madrid", "America/St_Johns", "Pacific/Apia", "Australia/Lord_Howe"]),
        quiet_start=st.times(),
        quiet_end=st.times(),
        daily_mail=st.booleans(),
        digest_time=st.times(),
    ),
    st.datetimes(EARLIEST, LATEST, timezones=st.just(UTC)),
    st.sampled_from(["email", "chat"]),
)
def test_nothing_waits_for_the_past_or_longer_than_two_days(timing, now, channel):
    held = timing.held_until(channel, now)

    assert held is None or now < held <= now + timedelta(days=2, hours=2)
