"""POST /api/summaries/generate, GET /api/summaries, /api/summaries/<id> and /api/summaries/today"""

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import text

from asyncops.extensions import db
from asyncops.transaction import unit_of_work

NOON = "2026-03-02T12:00:00Z"


@pytest.fixture
def boss(sign_in, admin):
    with time_machine.travel("2026-03-02T11:59:00Z", tick=False):
        return sign_in(admin)


@pytest.fixture
def generate(boss):
    def generate(at=NOON, **query):
        with time_machine.travel(at, tick=False):
            return boss.post("/api/summaries/generate", query_string=query)

    return generate


def titles(summary):
    return [update["title"] for update in summary["content"]["status_updates"]]


def test_today_by_hand_has_what_was_just_posted(generate, post, long_ago):
    post(long_ago, "before the window", "2026-03-01T08:59:59.999999Z")
    first = post(long_ago, "at its start", "2026-03-01T09:00:00Z")
    last = post(long_ago, "just now", "2026-03-02T11:59:59Z")

    answer = generate()

    assert answer.status_code == 201
    body = answer.json
    assert body["summary_date"] == "2026-03-02"
    assert body["window_start"] == "2026-03-01T09:00:00.000000Z"
    assert body["window_end"] == "2026-03-02T12:00:00.000000Z"
    assert body["generated_at"] == "2026-03-02T12:00:00.000000Z"
    assert body["revision"] == 1
    assert body["content"]["status_updates"] == [
        {
            "id": first,
            "title": "at its start",
            "author": {"id": long_ago.id, "full_name": "Zoe First"},
            "created_at": "2026-03-01T09:00:00.000000Z",
        },
        {
            "id": last,
            "title": "just now",
            "author": {"id": long_ago.id, "full_name": "Zoe First"},
            "created_at": "2026-03-02T11:59:59.000000Z",
        },
    ]
    assert body["status_updates_count"] == body["content"]["statistics"]["total_status_updates"] == 2


def test_a_past_day_counts_that_days_window_and_not_nows(generate, post, long_ago):
    post(long_ago, "the day before", "2026-02-09T08:59:59Z")
    post(long_ago, "that day", "2026-02-09T09:00:00Z")
    post(long_ago, "that day too", "2026-02-10T08:59:59.999999Z")
    post(long_ago, "the day after", "2026-02-10T09:00:00Z")
    post(long_ago, "today", "2026-03-02T11:00:00Z")

    body = generate(summary_date="2026-02-10").json

    assert titles(body) == ["that day", "that day too"]
    assert (body["window_start"], body["window_end"]) == ("2026-02-09T09:00:00.000000Z", "2026-02-10T09:00:00.000000Z")


def test_asked_again_it_shows_the_one_there_is(generate, post, long_ago):
    first = generate().json
    post(long_ago, "later", "2026-03-02T12:30:00Z")

    again = generate(at="2026-03-02T13:00:00Z")

    assert again.status_code == 201
    assert again.json == first


def test_forced_it_is_a_new_revision_of_the_same_row(generate, boss, post, long_ago):
    first = generate().json
    post(long_ago, "later", "2026-03-02T12:30:00Z")

    forced = generate(at="2026-03-02T13:00:00Z", force_update="true").json

    assert (forced["id"], forced["revision"]) == (first["id"], 2)
    assert titles(forced) == ["later"]
    assert forced["generated_at"] == "2026-03-02T13:00:00.000000Z"
    with time_machine.travel(NOON, tick=False):
        assert boss.get("/api/summaries").json["total"] == 1


@pytest.mark.parametrize("day", ["2026-03-03", "9999-12-31"])
def test_a_future_day_is_refused(generate, day):
    answer = generate(summary_date=day)

    assert answer.status_code == 422
    assert answer.json["errors"] == {"summary_date": ["This day lies in the future."]}


@pytest.mark.parametrize("query", [{"summary_date": "0001-01-01"}, {"summary_date": "x"}, {"force_update": "perhaps"}])
def test_a_bad_parameter_is_named(generate, query):
    answer = generate(**query)

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == list(query)


def test_only_administrators_generate(sign_in, member):
    assert sign_in(member).post("/api/summaries/generate").status_code == 403


def test_the_zone_of_the_workspace_decides_what_today_is(make_app, boss, long_ago, post):
    tokyo = make_app(SUMMARY_TIMEZONE="Asia/Tokyo").test_client(use_cookies=False)
    tokyo.environ_base.update(boss.environ_base)
    with time_machine.travel("2026-03-02T16:00:00Z", tick=False):  # 01:00 on the third in Tokyo
        body = tokyo.post("/api/summaries/generate").json

    assert (body["summary_date"], body["window_start"]) == ("2026-03-03", "2026-03-02T00:00:00.000000Z")


def test_figures_stand_beside_the_day_before_and_the_weeks_mean(generate, post, long_ago):
    days = ["03-01"] * 3 + ["02-28"] * 2 + ["02-23", "02-22"] + ["02-21"]  # the last is too long ago to count
    for day in days:
        post(long_ago, "x", f"2026-{day}T08:00:00Z")

    statistics = generate(summary_date="2026-03-01").json["content"]["statistics"]

    assert statistics["total_status_updates"] == 3
    assert statistics["trends"]["total_status_updates"] == {"day_before": 2, "seven_day_mean": round(4 / 7, 2)}


def test_who_posted_nothing_is_named_and_who_could_not_is_not(app, generate, post, make_user, sign_in, admin, long_ago):
    spoke, silent, gone = make_user("Spoke"), make_user("alfred silent"), make_user("Gone")
    post(spoke, "x", "2026-03-02T08:00:00Z")
    assert sign_in(admin).patch(f"/api/users/{gone.id}", json={"is_active": False}).status_code == 200

    body = generate(at="2026-03-02T12:00:00Z").json

    # The others were made today, by the test's real clock, long after that window.
    assert body["content"]["no_update_from"] == [{"id": long_ago.id, "full_name": "Zoe First"}]
    with time_machine.travel(datetime.now(UTC) + timedelta(days=30), tick=False):
        later = sign_in(admin).post("/api/summaries/generate").json["content"]["no_update_from"]
    assert [one["full_name"] for one in later] == ["Ada Admin", "alfred silent", "Spoke", "Zoe First"]
    assert silent.id in [one["id"] for one in later]


def test_updates_stand_by_author_oldest_first(generate, post, make_user):
    ben, anna = make_user("ben"), make_user("Anna")
    for author, hour in [(ben, 1), (anna, 3), (ben, 2), (anna, 4)]:
        post(author, f"{author.full_name} {hour}", f"2026-03-02T0{hour}:00:00Z")

    assert titles(generate().json) == ["Anna 3", "Anna 4", "ben 1", "ben 2"]


def test_a_long_day_is_cut_and_says_by_how_much(generate, post, long_ago):
    for number in range(203):
        post(long_ago, f"{number}", f"2026-03-02T08:{number // 60:02}:{number % 60:02}Z")

    body = generate().json

    assert len(body["content"]["status_updates"]) == 200
    assert titles(body)[0] == "3"  # the oldest are left out
    assert body["content"]["left_out"]["status_updates"] == 3
    assert body["status_updates_count"] == 203
    assert "… and 3 more" in body["markdown"]


def test_a_long_list_of_the_silent_is_cut_too(app, generate):
    with app.app_context(), unit_of_work():
        db.session.execute(
            text(
                "INSERT INTO users (email, password_hash, full_name, created_at) "
                "SELECT n || '@example.org', 'x', 'N' || n, '2026-01-01' FROM generate_series(1, 203) n"
            )
        )

    body = generate().json

    assert len(body["content"]["no_update_from"]) == 200
    assert body["content"]["left_out"]["no_update_from"] == 3
    assert body["markdown"].endswith(", and 3 more\n")


def test_the_markdown_reads_and_people_can_not_break_it(generate, post, make_user):
    author = make_user("A_nna <b>*x*</b>")
    update_id = post(author, "# [click](javascript:alert(1)) <script>`x`", "2026-03-02T08:00:00Z")

    markdown = generate().json["markdown"]

    assert markdown.startswith("# Summary of 2026-03-02\n\n- **1** status update (the day before: 0,")
    assert "### A\\_nna \\<b\\>\\*x\\*\\</b\\>" in markdown
    line = next(line for line in markdown.splitlines() if line.startswith("- ["))
    assert line.endswith(f"](http://localhost:8000/updates/{update_id})")
    assert "<script>" not in markdown
    assert "(javascript:" not in markdown


def test_one_that_an_earlier_release_wrote_is_still_read(app, generate, sign_in, member):
    made = generate().json
    without_later_sections = {
        "status_updates": [],
        "no_update_from": [],
        "left_out": {"status_updates": 0},
        "statistics": {"trends": {}},
    }
    with app.app_context(), unit_of_work():
        statement = text("UPDATE daily_summaries SET content = CAST(:content AS jsonb)")
        db.session.execute(statement, {"content": json.dumps(without_later_sections)})

    with time_machine.travel(NOON, tick=False):
        answer = sign_in(member).get(f"/api/summaries/{made['id']}")

    assert answer.status_code == 200
    assert answer.json["markdown"].startswith("# Summary of 2026-03-02")
    assert "incidents" not in answer.json["content"]


def test_the_live_view_is_the_last_24_hours_and_stores_nothing(sign_in, member, post, long_ago):
    post(long_ago, "too old", "2026-03-01T11:59:59Z")
    post(long_ago, "in it", "2026-03-01T12:00:00Z")
    post(long_ago, "new", "2026-03-02T11:59:59Z")
    with time_machine.travel(NOON, tick=False):
        client = sign_in(member)
        today = client.get("/api/summaries/today")
        assert client.get("/api/summaries").json["total"] == 0

    assert titles({"content": today.json}) == ["in it", "new"]


def test_lists_are_by_date_newest_first_within_both_dates(generate, sign_in, member, boss):
    for day in ("2026-02-10", "2026-02-12", "2026-02-11"):
        generate(summary_date=day)
    with time_machine.travel(NOON, tick=False):
        reader = sign_in(member)
        everything = reader.get("/api/summaries").json["items"]
        some = reader.get("/api/summaries?start_date=2026-02-10&end_date=2026-02-11").json["items"]
        one = reader.get(f"/api/summaries/{everything[0]['id']}")

    assert [item["summary_date"] for item in everything] == ["2026-02-12", "2026-02-11", "2026-02-10"]
    assert [item["summary_date"] for item in some] == ["2026-02-11", "2026-02-10"]
    assert one.json["summary_date"] == "2026-02-12"
    assert one.json.items() >= everything[0].items()
    with time_machine.travel(NOON, tick=False):
        assert reader.get("/api/summaries/2147483647").status_code == 404
        again = reader.get(f"/api/summaries/{one.json['id']}", headers={"If-None-Match": one.headers["ETag"]})
    assert again.status_code == 304


def test_many_who_ask_at_once_get_one_summary(app, sign_in, admin, long_ago):
    token = sign_in(admin).environ_base["HTTP_AUTHORIZATION"]
    answers = []
    barrier = threading.Barrier(4)

    def ask():
        client = app.test_client(use_cookies=False)
        barrier.wait()
        answers.append(client.post("/api/summaries/generate", headers={"Authorization": token}))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [answer.status_code for answer in answers] == [201] * 4
    assert {(answer.json["id"], answer.json["revision"]) for answer in answers} == {(answers[0].json["id"], 1)}
