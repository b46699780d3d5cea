"""What in a text is a mention, and whose"""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.notifications.mentions import MOST_MENTIONS, mentioned

PEOPLE = {"max": 1, "max@example.org": 1, "a.b": 2, "a.b@example.org": 2, "o'neil": 3, "max-2": 4}


def people(handles):
    return {handle: PEOPLE[handle] for handle in handles if handle in PEOPLE}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@max", {1}),
        ("Thanks @Max!", {1}),
        ("(@max)", {1}),
        ("**@max**, _@a.b_", {1, 2}),
        ("@max.", {1}),
        ("@a.b. And so on", {2}),
        ("@a.b's idea", {2}),
        ("@max-2 is not @max's alias", {1, 4}),
        ("@max@example.org.", {1}),
        ("@o'neil", {3}),
        ("[ask @max](https://example.org)", {1}),
        ("> @max said", {1}),
        ("- @max\n- @a.b", {1, 2}),
        ("# For @max", {1}),
        ("write to max@example.org", set()),
        ("@maximum", set()),
        ("@@max", set()),
        ("`@max`", set()),
        ("``a ` @max``", set()),
        ("```python\n@max\n```", set()),
        ("~~~\n@max", set()),
        ("    @max", set()),
        ("<b title='@max'>", set()),
        ("https://example.org/@max", set()),
        ("@", set()),
        ("", set()),
        (None, set()),
    ],
)
def test_a_mention_is_what_people_read_as_one(text, expected):
    assert mentioned(text, people) == expected


def test_a_text_without_an_at_asks_nobody():
    def never(handles):
        raise AssertionError(handles)

    assert mentioned("write tests", never) == set()


def test_more_than_a_few_dozen_are_not_looked_for():
    text = " ".join(f"@someone{number}" for number in range(MOST_MENTIONS)) + " @max"

    assert mentioned(text, people) == set()


@pytest.mark.parametrize(
    "text",
    [
        "@" * 10_000,
        "@a." * 3_300,
        "@max " * 2_000,
        "@" + "a" * 9_999,
        "*@" * 5_000,
        "[" * 9_990 + "@max",
        "`" * 9_990 + "@max",
        "".join("`" * number for number in range(1, 140)) + "@max",
    ],
)
def test_no_text_takes_long(text):
    started = time.process_time()
    mentioned(text[:10_000], people)

    assert time.process_time() - started < 10  # only guards against what takes minutes


@given(st.text(alphabet="@max.b`*_~[]()<>\n -'", max_size=200))
def test_no_text_fails(text):
    assert mentioned(text, people) <= set(PEOPLE.values())


def test_a_mention_reaches_its_person_from_every_kind_of_text(act, incident, blocker, decision, events, member):
    act("POST", "/api/status", title="T", content="with @max")
    incident(description="@max")
    blocker(description="for @max")
    blocker(impact="for @max")
    for field in ("context", "description", "outcome"):
        decision(**{field: "as @max said"})

    assert events() == ["user.mentioned"] * 7


def test_a_note_on_a_status_mentions_too(incident, act, events, member, blocker):
    url = f"/api/incidents/{incident()['id']}/status"
    act("PATCH", url, status="resolved", resolution_notes="Thanks @max")
    act("PATCH", f"/api/blockers/{blocker()['id']}/resolve", resolution_notes="Thanks @max")

    assert events() == ["user.mentioned"] * 2


def test_an_edit_calls_only_who_was_not_called_before(act, events, member, other, inbox, sign_in):
    update = act("POST", "/api/status", title="T", content="with @max")
    act("PATCH", f"/api/status/{update['id']}", content="with @max and @olga")
    act("PATCH", f"/api/status/{update['id']}", title="New title")

    assert events() == ["user.mentioned"]
    assert [entry["event"] for entry in inbox(sign_in(other))] == ["user.mentioned"]


def test_two_who_share_a_name_need_their_whole_address(act, events, make_user, inbox, sign_in, member, reader):
    namesake = make_user(email="max@example.com")
    act("POST", "/api/status", title="T", content="@max")
    assert events() == []

    act("POST", "/api/status", title="T", content="@max@example.com and not the other")
    assert events() == []
    assert len(inbox(sign_in(namesake))) == 1


def test_what_the_picker_offers_is_a_mention(act, reader, make_user, inbox, sign_in):
    for email in ("max@example.com", "a.b+c@example.org", "o'neil@example.org"):
        make_user(email=email)
    for person in reader.get("/api/users/for-assignment").json:
        if person["full_name"] != "Sam Lee":
            act("POST", "/api/status", title="T", content=f"Over to {person['mention']}, please.")
            client = sign_in(type("Person", (), {"email": person["email"]}))
            assert [entry["event"] for entry in inbox(client)] == ["user.mentioned"], person["mention"]
