"""GET /api/search"""

from contextlib import nullcontext

import pytest
import time_machine

from asyncops.extensions import db

DECISION = {"title": "t", "description": "d", "context": "c", "outcome": "o", "decision_date": "2026-03-02"}


@pytest.fixture
def reader(sign_in, other):
    return sign_in(other)


@pytest.fixture
def write(sign_in, admin):
    """Write a record as the administrator, now or at a moment; gives its id."""

    def write(kind, *, at=None, **body):
        url, whole = {
            "status_update": ("/api/status", {"title": "t", "content": "c"}),
            "incident": ("/api/incidents", {"title": "t", "description": "d"}),
            "blocker": ("/api/blockers", {"description": "d", "impact": "i"}),
            "decision": ("/api/decisions", DECISION),
        }[kind]
        with time_machine.travel(at, tick=False) if at else nullcontext():
            answer = sign_in(admin).post(url, json=whole | body)
        assert answer.status_code == 201, answer.json
        return answer.json["id"]

    return write


@pytest.fixture
def editor(sign_in, admin):
    return sign_in(admin)


@pytest.fixture
def search(reader):
    def search(q, **more):
        answer = reader.get("/api/search", query_string={"q": q} | more)
        assert answer.status_code == 200, answer.json
        return answer.json["groups"]

    return search


def titles(group):
    return [item["title"] for item in group["items"]]


def test_one_word_finds_every_kind_of_record_in_its_group(reader, write):
    ids = {
        "updates": write("status_update", title="Postgres is up", content="since nine"),
        "incidents": write("incident", title="Slow pages", description="the postgres pool is empty"),
        "blockers": write("blocker", description="\n  Waiting for postgres access\nsince Monday", impact="no work"),
        "decisions": write("decision", title="Storage", outcome="We take Postgres."),
    }
    write("incident", title="Other", description="nothing to do with it")

    answer = reader.get("/api/search?q=postgres").json

    assert (answer["q"], answer["page"], answer["limit"]) == ("postgres", 1, 20)
    groups = answer["groups"]
    assert list(groups) == ["status_updates", "incidents", "blockers", "decisions"]
    assert [titles(group) for group in groups.values()] == [
        ["Postgres is up"],
        ["Slow pages"],
        ["Waiting for postgres access"],
        ["Storage"],
    ]
    assert [group["total"] for group in groups.values()] == [1, 1, 1, 1]
    assert [group["items"][0]["url"] for group in groups.values()] == [f"/{page}/{ids[page]}" for page in ids]
    assert groups["incidents"]["items"][0] == {
        "id": ids["incidents"],
        "title": "Slow pages",
        "highlights": ["Slow pages the <mark>postgres</mark> pool is empty"],
        "archived": False,
        "created_at": groups["incidents"]["items"][0]["created_at"],
        "url": f"/incidents/{ids['incidents']}",
    }


def test_types_say_which_groups_there_are(search, write):
    write("incident", title="disk")
    write("blocker", description="disk")

    assert list(search("disk", types="blocker, incident")) == ["incidents", "blockers"]
    assert list(search("disk", types="decision")) == ["decisions"]
    assert len(search("disk", types="")) == 4


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("run", {"running", "runs"}),
        ("RUNS", {"running", "runs"}),
        ("runni", {"running"}),
        ("slow run", {"running"}),
        ('"the slow test"', {"running"}),
        ('"slow the test"', set()),
        ("run -slow", {"runs"}),
        ("slow or blue", {"running", "blue"}),
        ("blu", {"blue"}),
        ("blue run", set()),
        ("th", {"running"}),
        ("!!! ''", set()),
        ("-", set()),
        ("a:* & (b", set()),
    ],
)
def test_word_forms_half_words_quotes_and_minus(search, write, q, found):
    write("incident", title="running", description="the slow test")
    write("incident", title="runs", description="quickly")
    write("incident", title="blue", description="sky")

    assert set(titles(search(q)["incidents"])) == found


def test_a_title_weighs_more_than_a_text_and_the_newer_wins_a_tie(search, write):
    for moment, title, description in (
        ("2026-03-02T09:00:00Z", "The cache", "is cold"),
        ("2026-03-02T10:00:00Z", "First", "the cache is cold"),
        ("2026-03-02T11:00:00Z", "Later", "the cache is cold"),
    ):
        write("incident", at=moment, title=title, description=description)

    assert titles(search("cache")["incidents"]) == ["The cache", "Later", "First"]


@pytest.mark.parametrize("query", ["universal", "nothing or universal", "cache universal"])
def test_the_very_word_comes_before_others_of_its_stem(search, write, query):
    for title in ("Universal", "University", "Universe"):
        write("incident", title=title, description="the cache")

    assert titles(search(query)["incidents"]) == ["Universal", "Universe", "University"]


def test_pages_are_of_each_group_and_never_overlap(search, write):
    for number in range(5):
        write("incident", title=f"Queue {number}")
    write("blocker", description="queue")

    pages = [search("queue", limit=2, page=page) for page in (1, 2, 3, 4)]

    assert [len(page["incidents"]["items"]) for page in pages] == [2, 2, 1, 0]
    assert sorted(title for page in pages for title in titles(page["incidents"])) == [f"Queue {n}" for n in range(5)]
    assert [page["incidents"]["total"] for page in pages] == [5, 5, 5, 5]
    assert [len(page["blockers"]["items"]) for page in pages] == [1, 0, 0, 0]


def test_archived_records_are_found_and_marked(search, write, editor):
    incident, blocker = write("incident", title="valve"), write("blocker", description="valve")
    editor.patch(f"/api/incidents/{incident}/archive")
    editor.patch(f"/api/blockers/{blocker}/archive")

    groups = search("valve")

    assert [item["archived"] for item in groups["incidents"]["items"]] == [True]
    assert [item["archived"] for item in groups["blockers"]["items"]] == [True]


def test_deleted_records_are_not_found(search, write, editor):
    update, decision = write("status_update", title="valve"), write("decision", title="valve")
    incident = write("incident", title="valve")
    editor.patch(f"/api/incidents/{incident}/archive")
    for url in (f"/api/status/{update}", f"/api/decisions/{decision}", f"/api/incidents/{incident}"):
        assert editor.delete(url).status_code == 204

    assert [group["total"] for group in search("valve").values()] == [0, 0, 0, 0]


def test_an_edit_is_found_at_once(search, write, editor):
    incident = write("incident", title="before")
    editor.patch(f"/api/incidents/{incident}", json={"title": "after"})

    assert titles(search("after")["incidents"]) == ["after"]
    assert titles(search("before")["incidents"]) == []


@pytest.mark.parametrize(
    ("text", "q", "highlight"),
    [
        ("running late", "run", "<mark>running</mark> late"),
        ("running late", "runni", "<mark>running</mark> late"),
        (
            "this & the valve > 'that' \"thing\"",
            "valve",
            "this &amp; the <mark>valve</mark> &gt; &#x27;that&#x27; &quot;thing&quot;",
        ),
        ("\ue000valve\ue001 \ue002 here", "valve", "<mark>valve</mark> here"),
        ("</mark><mark> valve", "valve", "<mark>valve</mark>"),
        ("grüne Ventile 🚲 valve", "valve", "grüne Ventile 🚲 <mark>valve</mark>"),
    ],
)
def test_highlights_are_escaped_text_with_marks(search, write, text, q, highlight):
    write("blocker", description=text, impact="nothing works")

    (item,) = search(q)["blockers"]["items"]

    assert item["highlights"] == [f"{highlight} nothing works"]


@pytest.mark.parametrize("kind", ["status_update", "incident", "blocker", "decision"])
def test_no_field_brings_html_into_highlights(search, write, kind):
    evil = "<script>alert(1)</script> <img src=x onerror=alert(1)> valve <b>&lt;i&gt;"
    fields = {
        "status_update": ("title", "content"),
        "incident": ("title", "description"),
        "blocker": ("description", "impact"),
        "decision": ("title", "description", "context", "outcome"),
    }[kind]
    write(kind, **dict.fromkeys(fields, evil))

    (group,) = search("valve", types=kind).values()

    (item,) = group["items"]
    marked = "".join(item["highlights"])
    assert "<mark>valve</mark>" in marked
    assert "<" not in marked.replace("<mark>", "").replace("</mark>", "")
    assert item["title"] == evil.split("\n", maxsplit=1)[0]  # text, to be shown as text


def test_a_long_text_gives_passages_and_not_itself(search, write):
    write("status_update", content="word " * 800 + "valve " + "other " * 800 + "valve")

    (item,) = search("valve")["status_updates"]["items"]

    assert 1 <= len(item["highlights"]) <= 2
    assert all("<mark>valve</mark>" in passage and len(passage) < 300 for passage in item["highlights"])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "q"),
        ("q=", "q"),
        ("q=%20", "q"),
        ("q=%00", "q"),
        ("q=" + "x" * 201, "q"),
        ("q=x&types=user", "types"),
        ("q=x&page=0", "page"),
        ("q=x&limit=101", "limit"),
    ],
)
def test_a_bad_parameter_is_named(reader, query, field):
    answer = reader.get(f"/api/search?{query}")

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [field]


def test_it_costs_one_statement_for_each_type(reader, write, sent):
    for number in range(3):
        write("incident", title=f"valve {number}")
    del sent[:]

    reader.get("/api/search?q=valve&types=incident")

    reads = [statement for statement, *_ in sent if statement.startswith(("SELECT", "WITH"))]
    assert len(reads) == 3  # who asks, how PostgreSQL reads the text, and this


class TestManyMatches:
    """More than are found, written straight into the table."""

    @pytest.fixture(autouse=True)
    def many(self, app, admin):
        rows = (
            "INSERT INTO incidents (title, description, reported_by_id, created_at) "
            "SELECT CASE WHEN n IN (5, 950) THEN 'valve ' ELSE 'x' END || n, 'valve', %s, "
            "timestamptz '2026-01-01' + n * interval '1 minute' FROM generate_series(1, 1005) n"
        )
        with app.app_context(), db.engine.begin() as connection:
            connection.exec_driver_sql(rows, (admin.id,))

    def test_the_best_of_the_newest_thousand_come_first(self, search):
        first = titles(search("valve", limit=3)["incidents"])
        last = titles(search("valve", limit=3, page=334)["incidents"])

        assert first == ["valve 950", "x1005", "x1004"]
        assert last == ["x6"]  # the 1,000th

    def test_totals_are_capped_and_pages_end(self, reader):
        group = reader.get("/api/search?q=valve&limit=100&page=10").json["groups"]["incidents"]
        past = reader.get("/api/search?q=valve&limit=100&page=11")

        assert (group["total"], group["total_is_capped"], len(group["items"])) == (1_000, True, 100)
        assert past.status_code == 422
        assert list(past.json["errors"]) == ["page"]
