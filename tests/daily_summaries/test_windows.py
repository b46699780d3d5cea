"""Which moments a summary covers, and which days are due."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.daily_summaries.windows import SETTLING, SummaryHour, Window

NINE_IN_MADRID = SummaryHour(time(9), ZoneInfo("Europe/Madrid"))
NINE = SummaryHour(time(9), ZoneInfo("UTC"))
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def utc(text):
    return datetime.fromisoformat(text + "+00:00")


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 28), 24), (date(2026, 3, 29), 23), (date(2026, 3, 30), 24), (date(2026, 10, 25), 25)],
)
def test_a_day_has_as_many_hours_as_its_clock_changes_leave(day, hours):
    window = NINE_IN_MADRID.scheduled_window(day)

    assert window.end - window.start == timedelta(hours=hours)
    assert window.end.astimezone(ZoneInfo("Europe/Madrid")).time() == time(9)


@given(
    day=st.dates(date(2000, 1, 2), date(2100, 1, 1)),
    at=st.times().map(lambda moment: moment.replace(second=0, microsecond=0)),
    zone=st.sampled_from(
        ["UTC", "Europe/Madrid", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu"]
    ),
)
def test_days_follow_each_other_without_gap_or_overlap(day, at, zone):
    hour = SummaryHour(at, ZoneInfo(zone))
    before, after = hour.scheduled_window(day), hour.scheduled_window(day + timedelta(days=1))

    assert before.start < before.end == after.start < after.end


def test_by_hand_today_runs_up_to_now_from_the_same_start():
    early = NINE.window(date(2026, 3, 2), utc("2026-03-02T08:00:00"))
    late = NINE.window(date(2026, 3, 2), utc("2026-03-02T15:00:00"))

    assert early == Window(utc("2026-03-01T09:00:00"), utc("2026-03-02T08:00:00"), is_complete=False)
    assert late == Window(utc("2026-03-01T09:00:00"), utc("2026-03-02T15:00:00"), is_complete=True)


def test_by_hand_within_the_settling_time_leaves_the_day_to_the_tick():
    hour = utc("2026-03-02T09:00:00")

    assert not NINE.window(date(2026, 3, 2), hour + SETTLING - timedelta(seconds=1)).is_complete
    assert NINE.window(date(2026, 3, 2), hour + SETTLING).is_complete


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 3, 30), date(2026, 10, 25), date(2026, 10, 26)])
def test_figures_stand_beside_the_days_own_windows_also_around_a_clock_change(day):
    beside = NINE_IN_MADRID.week_before(day, NINE_IN_MADRID.scheduled_window(day))

    assert beside == [NINE_IN_MADRID.scheduled_window(day - timedelta(days=days)) for days in range(1, 8)]


def test_a_part_of_a_day_stands_beside_the_same_part():
    window = Window(utc("2026-03-01T09:00:00"), utc("2026-03-02T08:00:00"), is_complete=False)

    beside = NINE.week_before(date(2026, 3, 2), window)

    assert beside[0] == Window(utc("2026-02-28T09:00:00"), utc("2026-03-01T08:00:00"))
    assert len(beside) == 7


def test_a_past_day_ends_at_its_hour_whenever_it_is_asked_for():
    assert NINE.window(date(2026, 2, 1), utc("2026-03-02T15:00:00")) == NINE.scheduled_window(date(2026, 2, 1))


def test_today_is_the_zones_day():
    assert NINE_IN_MADRID.today(utc("2026-03-01T23:30:00")) == date(2026, 3, 2)


def test_missed_days_are_due_newest_first_and_only_so_many():
    due = NINE.days_due(utc("2026-03-10T12:00:00"), days=3, since=LONG_AGO)

    assert due == [date(2026, 3, 10), date(2026, 3, 9), date(2026, 3, 8)]


def test_a_day_is_due_once_its_hour_has_settled():
    hour = utc("2026-03-10T09:00:00")

    for moment, first in [(hour, 9), (hour + SETTLING - timedelta(seconds=1), 9), (hour + SETTLING, 10)]:
        assert NINE.days_due(moment, days=7, since=LONG_AGO)[0] == date(2026, 3, first)


def test_no_day_from_before_the_workspace_began():
    assert NINE.days_due(utc("2026-03-10T12:00:00"), days=7, since=utc("2026-03-09T09:00:00")) == [date(2026, 3, 10)]
    assert NINE.days_due(utc("2026-03-10T12:00:00"), days=7, since=utc("2026-03-10T09:30:00")) == []
