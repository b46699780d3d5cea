"""One scenario in the laboratory, and the count of what it cost."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.faults.client import PEOPLE, Client
from tests.faults.lab import Lab
from tests.waiting import eventually

LOST_AFTER_SECONDS = 31
BY_THE_CLOCK = 300


@dataclass(frozen=True)
class Scenario:
    """A fault: `act` brings it about, and says when it is over."""

    act: Callable[[Run], None]
    what: str
    needs: str = ""
    """An attribute of the laboratory that has to be there."""
    covered_by: str = ""
    """The test, or the other scenario, that stands for it in `make test`."""

    @property
    def name(self) -> str:
        return self.act.__name__


@dataclass
class Run:
    """A scenario while it runs."""

    lab: Lab
    client: Client
    full: bool
    over_at: float = 0.0
    statuses: list[int] = field(default_factory=list)
    """What the scenario's own requests were answered."""

    def last(self, *, short: float, full: float) -> None:
        """Let the fault last."""
        time.sleep(full if self.full else short)

    def over(self) -> None:
        """From now on nothing is in the way."""
        self.over_at = time.monotonic()


@dataclass(frozen=True)
class Count:
    """What a scenario cost."""

    acknowledged: int
    lost: list[str]
    doubled: list[str]
    outcomes: Counter[str]
    answers_after: float
    """Seconds from the end of the fault to the first acknowledged write that was begun after it."""
    mails_after: float
    """The same, to the first mail of a write acknowledged after the fault."""
    all_told_after: float
    slowest_refusal: float
    mails_repeated: int
    """Mails that came twice with the same Message-ID: that may be, and mail programs show one."""

    @property
    def server_errors(self) -> dict[str, int]:
        """5xx but for 503, and for nginx's own."""
        allowed = {"502", "503", "504"}
        return {name: number for name, number in self.outcomes.items() if name.startswith("5") and name not in allowed}


def measure(lab: Lab, scenario: Scenario, *, full: bool) -> Count:
    """Run it under load; everything has to have gone back to normal in the end."""
    headers = lab.sign_in("max@example.org")
    ((assignee,),) = lab.sql("SELECT id FROM users WHERE email = 'olga@example.org'")
    client = Client(lab, scenario.name, headers, assignee)
    run = Run(lab, client, full=full)
    with client.at_work():
        client.writes(20 if full else 8)
        scenario.act(run)
        assert run.over_at, "It never said that it was over"
        begun = [answer for answer in client.answers if answer.asked_at >= run.over_at]
        eventually(
            lambda: any(answer.outcome == "201" and answer.asked_at >= run.over_at for answer in client.answers),
            f"a write after the fault, but for {Counter(answer.outcome for answer in begun)}",
        )
        after = len(client.telling)
        eventually(lambda: len(client.telling) > after + PEOPLE, "more writes")
    _settle(lab, full=full)
    return _count(lab, run)


def _settle(lab: Lab, *, full: bool) -> None:
    """Wait until everybody was told; in the short form the clock is helped along."""
    # What was written while the clock was an hour ahead is due in an hour.
    unsent = "SELECT count(*) FROM deliveries WHERE sent_at IS NULL AND due_at < now() + interval '10 minutes'"
    deadline = time.monotonic() + BY_THE_CLOCK
    while lab.sql(unsent)[0][0]:
        assert time.monotonic() < deadline, f"Mails were not sent: {lab.sql('SELECT * FROM deliveries LIMIT 1')}"
        if not full:
            lab.sql(f"UPDATE deliveries SET nudged_at = nudged_at - interval '{LOST_AFTER_SECONDS} s'")
            lab.hurry("outbox.send_due")
            for _ in range(20):
                if lab.sql(unsent)[0][0]:
                    time.sleep(0.1)
        else:
            time.sleep(0.2)


def _count(lab: Lab, run: Run) -> Count:
    client = run.client
    like = f"{client.name} %"
    records = dict(lab.sql("SELECT title, count(*) FROM incidents WHERE title LIKE %s GROUP BY title", like))
    entries = dict(
        lab.sql(
            "SELECT title, count(notifications.id) FROM incidents LEFT JOIN activity "
            "ON subject_type = 'incident' AND subject_id = incidents.id LEFT JOIN notifications "
            "ON notifications.activity_id = activity.id WHERE title LIKE %s GROUP BY title",
            like,
        )
    )
    mails: dict[str, Counter[str]] = {title: Counter() for title in records}
    arrived: dict[str, float] = {}
    for came in list(lab.postbox.came):
        text = came.mail.get_body(("plain",))
        found_in = set(
            re.findall(rf"(?<!\w){client.name} \d+-\d+", f"{came.mail['Subject']} {text and text.get_content()}")
        )
        for title in found_in & mails.keys():  # one mail may tell of several
            mails[title][str(came.mail["Message-ID"])] += 1
            arrived.setdefault(title, came.at)
    lost, doubled = [], [f"a second answer: {title}" for title in client.other_ids]
    told_of = client.acknowledged.keys() & client.telling
    for what, expected, found in (
        ("record", client.acknowledged.keys(), records),
        ("inbox entry", told_of, entries),
        ("mail", told_of, {title: len(ids) for title, ids in mails.items()}),
    ):
        lost += [f"{what}: {title}" for title in expected if not found.get(title)]
        doubled += [f"{what}: {title}" for title, number in found.items() if number > 1]
    summaries = "SELECT summary_date::text FROM daily_summaries GROUP BY 1 HAVING count(*) > 1 OR max(revision) > 1"
    doubled += [f"summary: {day}" for (day,) in lab.sql(summaries)]

    after = [answer.at for answer in client.answers if answer.outcome == "201" and answer.asked_at >= run.over_at]
    told = [at for title, at in arrived.items() if client.acknowledged.get(title, 0) >= run.over_at]
    return Count(
        acknowledged=len(client.acknowledged),
        lost=lost,
        doubled=doubled,
        outcomes=Counter(answer.outcome for answer in client.answers) + Counter(map(str, run.statuses)),
        answers_after=min(after) - run.over_at,
        mails_after=min(told, default=float("nan")) - run.over_at,
        all_told_after=max(0.0, max(arrived.values(), default=0.0) - run.over_at),
        slowest_refusal=max((a.at - a.asked_at for a in client.answers if a.outcome == "503"), default=0.0),
        mails_repeated=sum(sum(ids.values()) - len(ids) for ids in mails.values()),
    )
