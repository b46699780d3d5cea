"""GET /api/status: order, filters, search, pages and cursors"""

import re

import pytest
import time_machine
from sqlalchemy import text

from asyncops.extensions import db
from asyncops.transaction import unit_of_work


@pytest.fixture
def reader(sign_in, other):
    return sign_in(other)


@pytest.fixture
def post(sign_in, member):
    """Post as the member at a moment; gives the id."""
    clients = {}

    def post(title="t", at="2026-03-02T09:00:00Z", author=member, **body):
        with time_machine.travel(at, tick=False):
            client = clients.get((author.id, at[:10])) or clients.setdefault((author.id, at[:10]), sign_in(author))
            return client.post("/api/status", json={"title": title, "content": "text", **body}).json["id"]

    return post


def titles(answer):
    assert answer.status_code == 200, answer.json
    return [item["title"] for item in answer.json["items"]]


@pytest.fixture
def seven(post):
    """Seven updates; the last three at the same moment, so that only the id orders them."""
    return [post(str(number), at=f"2026-03-02T09:00:{min(number, 4):02}Z") for number in range(7)]


@pytest.mark.usefixtures("seven")
def test_newest_first_and_the_id_decides(reader):
    assert titles(reader.get("/api/status")) == ["6", "5", "4", "3", "2", "1", "0"]


@pytest.mark.usefixtures("seven")
def test_pages_never_overlap_and_say_how_many_there_are(reader):
    first, second, third = (reader.get(f"/api/status?limit=3&page={page}") for page in (1, 2, 3))

    assert [titles(page) for page in (first, second, third)] == [["6", "5", "4"], ["3", "2", "1"], ["0"]]
    assert {key: second.json[key] for key in ("total", "page", "limit", "pages", "total_is_capped")} == {
        "total": 7,
        "page": 2,
        "limit": 3,
        "pages": 3,
        "total_is_capped": False,
    }
    assert third.json["next_cursor"] is None


@pytest.mark.usefixtures("seven")
def test_a_page_past_the_end_is_empty_and_knows_the_total(reader):
    answer = reader.get("/api/status?limit=3&page=9")

    assert titles(answer) == []
    assert (answer.json["total"], answer.json["pages"]) == (7, 3)


@pytest.mark.usefixtures("seven")
def test_the_cursor_walks_through_everything_once(reader):
    seen, cursor = [], reader.get("/api/status?limit=2").json["next_cursor"]
    seen += ["6", "5"]
    while cursor:
        answer = reader.get(f"/api/status?limit=2&cursor={cursor}")
        assert not {"total", "page", "pages"} & answer.json.keys()
        seen += titles(answer)
        cursor = answer.json["next_cursor"]

    assert seen == ["6", "5", "4", "3", "2", "1", "0"]


@pytest.mark.usefixtures("seven")
def test_a_cursor_is_not_moved_by_new_rows(reader, post):
    cursor = reader.get("/api/status?limit=2").json["next_cursor"]
    post("newer", at="2026-03-03T09:00:00Z")

    assert titles(reader.get(f"/api/status?limit=2&cursor={cursor}")) == ["4", "3"]


@pytest.mark.parametrize(
    "cursor", ["x", "W10", "WyJ4IiwxXQ", "bnVsbA", "%00", "WyIyMDI2LTAzLTAyVDA5OjAwOjAwWiIsOTk5OTk5OTk5OTld"]
)
def test_a_cursor_that_we_did_not_make_is_refused(reader, cursor):
    answer = reader.get(f"/api/status?cursor={cursor}")

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["cursor"]


@pytest.mark.usefixtures("seven")
def test_links_lead_through_the_pages(reader):
    answer = reader.get("/api/status?limit=3&page=2&tags=").headers["Link"]
    links = dict(reversed(link) for link in re.findall(r'<([^>]+)>; rel="(\w+)"', answer))

    assert {name: titles(reader.get(url))[0] for name, url in links.items()} == {
        "first": "6",
        "prev": "6",
        "next": "0",
        "last": "0",
    }


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=x",
        "limit=0",
        "limit=101",
        "limit=-1",
        "page=99999999999",
        "author_id=0",
        "author_id=2147483648",
        "start_date=2026-13-01",
        "start_date=x",
        "search=%00",
        "tags=%00",
        "search=" + "x" * 201,
    ],
)
def test_a_bad_parameter_is_named(reader, query):
    answer = reader.get(f"/api/status?{query}")

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [query.split("=")[0]]


def test_by_author(reader, post, other):
    post("of member")
    post("of other", author=other)

    assert titles(reader.get(f"/api/status?author_id={other.id}")) == ["of other"]
    assert reader.get(f"/api/status?author_id={other.id}").json["total"] == 1
    assert titles(reader.get("/api/status?author_id=2147483647")) == []


def test_by_tags_all_of_them(reader, post):
    post("both", tags=["red", "blue sky"])
    post("one", tags=["red"])

    assert titles(reader.get("/api/status?tags=red")) == ["one", "both"]
    assert titles(reader.get("/api/status?tags=blue sky, red,")) == ["both"]
    assert titles(reader.get("/api/status?tags=RED")) == []


def test_dates_are_whole_days_in_the_readers_zone(reader, post):
    post("late on the first in Madrid", at="2026-03-01T22:59:59.999999Z")
    post("early on the second in Madrid", at="2026-03-01T23:00:00Z")
    post("late on the second in Madrid", at="2026-03-02T22:59:59Z")
    post("early on the third in Madrid", at="2026-03-02T23:00:00Z")
    reader.patch("/api/users/me", json={"timezone": "Europe/Madrid"})

    assert titles(reader.get("/api/status?start_date=2026-03-02&end_date=2026-03-02")) == [
        "late on the second in Madrid",
        "early on the second in Madrid",
    ]
    assert titles(reader.get("/api/status?end_date=2026-03-01")) == ["late on the first in Madrid"]
    assert titles(reader.get("/api/status?start_date=2026-03-03")) == ["early on the third in Madrid"]


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_the_ends_of_the_calendar_are_no_error(reader, post, zone):
    post("x")
    reader.patch("/api/users/me", json={"timezone": zone})

    assert titles(reader.get("/api/status?start_date=0001-01-01&end_date=9999-12-31")) == ["x"]
    assert titles(reader.get("/api/status?start_date=9999-12-31&end_date=0001-01-01")) == []


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("deploying", ["Deployed the queue"]),  # word forms
        ("dep", ["Deployed the queue"]),  # half of the last word
        ("runni", ["Running late"]),  # a half that is longer than the stem
        ("queue dep", ["Deployed the queue"]),
        ("dep queue", []),  # only the last word may be half
        ('"the queue"', ["Deployed the queue"]),
        ('"queue deployed"', []),
        ("queue -deployed", []),
        ("late -deployed", ["Running late"]),
        ("deployed or late", ["Running late", "Deployed the queue"]),
        ("infra", ["Deployed the queue"]),  # a tag
        ("backlog", ["Running late"]),  # the content
        ("   ", ["Running late", "Deployed the queue"]),
        ("the", ["Deployed the queue"]),
        ("!!!", []),
        ("'; DROP TABLE users; --", []),
        ("a & | ! ( ) : * < > \\ \" '", []),
        ("queue &", ["Deployed the queue"]),
        ("-", []),
        ('"', []),
        ("müll 你好 🙂", []),
    ],
)
def test_search_takes_what_a_person_types(reader, post, search, found):
    post("Deployed the queue", tags=["infra"])
    post("Running late", content="My backlog is full")

    answer = reader.get("/api/status", query_string={"search": search})

    assert titles(answer) == found
    assert answer.json["total"] == len(found)


def test_an_edit_is_found_by_its_new_words_only(reader, post, sign_in, member):
    update_id = post("Old words")
    sign_in(member).patch(f"/api/status/{update_id}", json={"title": "Fresh ones"})

    assert titles(reader.get("/api/status?search=fresh")) == ["Fresh ones"]
    assert titles(reader.get("/api/status?search=old")) == []


def test_filters_work_together_and_with_a_cursor(reader, post, other):
    for number in range(3):
        post(f"red {number}", tags=["red"], at=f"2026-03-02T09:00:0{number}Z")
        post(f"blue {number}", tags=["blue"], at=f"2026-03-02T09:00:0{number}Z")
    post("red of other", tags=["red"], author=other)

    first = reader.get("/api/status?tags=red&search=red&limit=2&start_date=2026-03-02")
    rest = reader.get(f"/api/status?tags=red&search=red&limit=2&cursor={first.json['next_cursor']}")

    assert titles(first) + titles(rest) == ["red 2", "red 1", "red of other", "red 0"]


def test_a_list_is_a_constant_number_of_statements(reader, post, make_user, sent):
    for number in range(3):
        post(str(number), author=make_user())
    reader.get("/api/status")  # the first request of an hour also notes that the person was here
    del sent[:]

    reader.get("/api/status?limit=1")
    few = len(sent)
    reader.get("/api/status?limit=100")

    assert len(sent) - few == few == 2  # the check of the token, and the page with its total


def test_totals_are_counted_to_ten_thousand(app, reader, member):
    with app.app_context(), unit_of_work():
        db.session.execute(
            text(
                "INSERT INTO status_updates (user_id, title, content, created_at) "
                "SELECT :author, 'n' || n, 'c', timestamptz '2026-01-01' + n * interval '1 second' "
                "FROM generate_series(1, 10001) n"
            ),
            {"author": member.id},
        )

    answer = reader.get("/api/status?limit=100&page=100")
    assert (answer.json["total"], answer.json["total_is_capped"], answer.json["pages"]) == (10_000, True, 100)
    assert "cursor=" in answer.headers["Link"]
    assert 'rel="last"' not in answer.headers["Link"]
    refused = reader.get("/api/status?limit=100&page=101")
    assert refused.status_code == 422
    assert "next_cursor" in refused.json["errors"]["page"][0]
    rest = reader.get(f"/api/status?limit=100&cursor={answer.json['next_cursor']}")
    assert titles(rest) == ["n1"]
