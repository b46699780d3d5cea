"""/admin/jobs: rq-dashboard for administrators with the session cookie, and for nobody else."""

import pytest
from rq.registry import FailedJobRegistry

from asyncops.extensions import redis_client
from asyncops.jobs.enqueue import queue_named

PAGES = ["/admin/jobs/", "/admin/jobs/0/view/workers", "/admin/jobs/0/view/jobs", "/admin/jobs/0/data/queues.json"]
SAME = {"Origin": "http://localhost"}


@pytest.fixture
def failed(app, enqueue, work):
    """A job that failed; its id."""
    enqueue("daily_summaries.generate", "no date")
    work()
    with app.app_context():
        (job_id,) = FailedJobRegistry(queue=queue_named("summaries", redis_client())).get_job_ids()
    return job_id


@pytest.mark.parametrize("page", PAGES)
def test_an_administrators_browser_sees_it(browser, admin, page):
    with browser(admin).get(page) as answer:
        assert answer.status_code == 200
        assert "unsafe-eval" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("page", PAGES)
def test_nobody_else_does(client, browser, sign_in, make_user, page):
    admin, member = make_user(role="admin"), make_user()

    assert client.get(page).status_code == 401
    assert browser(member).get(page).status_code == 403
    assert sign_in(admin).get(page).status_code == 401  # only the cookie counts: a page can't send the header


def test_a_demoted_administrator_sees_it_no_longer(browser, make_user, sign_in, admin):
    second = make_user(role="admin")
    client = browser(second)
    sign_in(admin).patch(f"/api/users/{second.id}", json={"role": "member"})

    assert client.get("/admin/jobs/").status_code == 403


def test_a_failed_job_shows_what_it_was(browser, admin, failed):
    shown = browser(admin).get(f"/admin/jobs/0/data/job/{failed}.json").json

    assert shown["description"] == "daily_summaries.generate(no date)"
    assert "Invalid isoformat string" in shown["exc_info"]
    assert browser(admin).get(f"/admin/jobs/0/view/job/{failed}").status_code == 200


def test_what_an_error_quotes_stays_text(app, browser, admin, enqueue, work):
    enqueue("daily_summaries.generate", "<img src=x onerror=alert(1)>")
    work()
    with app.app_context():
        (job_id,) = FailedJobRegistry(queue=queue_named("summaries", redis_client())).get_job_ids()
    client = browser(admin)

    for url in (f"/admin/jobs/0/data/job/{job_id}.json", "/admin/jobs/0/data/jobs/summaries/failed/8/asc/1.json"):
        answer = client.get(url)
        assert answer.status_code == 200
        assert "<img" not in answer.text
        assert "&lt;img" in answer.text


def test_a_failed_job_can_be_queued_again(app, browser, admin, failed):
    answer = browser(admin).post(f"/admin/jobs/job/{failed}/requeue", headers=SAME)

    assert answer.json == {"status": "OK"}
    with app.app_context():
        assert queue_named("summaries", redis_client()).job_ids == [failed]


def test_all_failed_jobs_can_be_queued_again_but_not_by_a_link(app, browser, admin, failed):
    client = browser(admin)

    assert client.get("/admin/jobs/requeue/summaries").status_code == 405
    assert client.post("/admin/jobs/requeue/summaries", headers=SAME).json == {"status": "OK", "count": 1}
    with app.app_context():
        assert queue_named("summaries", redis_client()).job_ids == [failed]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://["},
    ],
)
def test_another_sites_page_changes_nothing(app, browser, admin, failed, headers):
    answer = browser(admin).post(f"/admin/jobs/job/{failed}/requeue", headers=headers)

    assert answer.status_code == 403
    with app.app_context():
        assert queue_named("summaries", redis_client()).job_ids == []


def test_a_job_that_did_not_fail_is_a_400_and_an_unknown_one_a_404(app, browser, admin, enqueue):
    enqueue("identity.purge_expired")
    with app.app_context():
        (job_id,) = queue_named("maintenance", redis_client()).job_ids
    client = browser(admin)

    assert client.post(f"/admin/jobs/job/{job_id}/requeue", headers=SAME).status_code == 400
    assert client.post("/admin/jobs/job/nothing/requeue", headers=SAME).status_code == 404
    assert client.get("/admin/jobs/7/").status_code == 404


def test_a_queue_that_is_away_is_a_503(make_app, admin):
    client = make_app(REDIS_URL="redis://127.0.0.1:1/0").test_client()
    client.post("/api/auth/login", json={"email": admin.email, "password": "correct-horse-1"})

    assert client.get("/admin/jobs/0/data/queues.json").status_code == 503
