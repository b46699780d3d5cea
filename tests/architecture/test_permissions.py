"""Who may call what: every route and method, and what each of nine callers is answered.

A new route needs one line in TABLE. Its request must be a valid one, so that a refusal is about the caller alone.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest
import time_machine
from sqlalchemy import text

from asyncops.extensions import db
from asyncops.http.auth import issue_token
from asyncops.http.jobs_dashboard import BLUEPRINT as JOBS_DASHBOARD
from asyncops.transaction import unit_of_work
from modules.identity import service as identity
from modules.notifications import links

PASSWORD = "correct-horse-1"
NEW_PASSWORD = "battery-staple-2"
INCIDENT = {"title": "Checkout errors", "description": "It *fails*."}
BLOCKER = {"description": "No access.", "impact": "We wait."}
UPDATE = {"title": "Monday", "content": "Wrote tests."}
WEBHOOK = {"url": "https://hooks.example.org/", "events": ["*"]}
DECISION = {"title": "T", "description": "D", "context": "C", "outcome": "O", "decision_date": "2026-03-02"}

SAYS = {
    "nobody": "Sign in first",
    "expired": "The session has expired; sign in again",
    "revoked": "The session has ended; sign in again",
    "tampered": "Sign in first",
    "alg_none": "Sign in first",
    "inactive": "User account is inactive",
}
DEAD = SAYS.keys() - {"inactive"}

# What makes the record of a route, with the clients of its owner-to-be and of an administrator, and gives what goes
# into the route's <...> (several for several). Each caller finds a fresh one.


def made(answer):
    assert answer.status_code in {200, 201}, answer.json
    return answer.json["id"]


def account(owner, admin):
    return made(owner.get("/api/users/me"))


def invitation(owner, admin):
    return made(admin.post("/api/users/invitations", json={"email": f"{uuid4().hex}@example.org"}))


def reset_token(owner, admin):
    # Of an account of its own: it ends all sessions, and the callers' must go on.
    with admin.application.app_context(), unit_of_work():
        user = identity.create_account(email=f"{uuid4().hex}@example.org", password=PASSWORD, full_name="Forgetful")
        return identity.make_reset_link(user.email).partition("#token=")[2]


def stylesheet(owner, admin):
    return "swagger-ui.css"


def status_update(owner, admin):
    return made(owner.post("/api/status", json=UPDATE))


def incident(owner, admin):
    return made(owner.post("/api/incidents", json=INCIDENT))


def assigned_incident(owner, admin):
    return made(owner.post("/api/incidents", json=INCIDENT | {"assigned_to_id": account(owner, admin)}))


def archived_incident(owner, admin):
    return made(owner.patch(f"/api/incidents/{incident(owner, admin)}/archive"))


def blocker(owner, admin):
    return made(owner.post("/api/blockers", json=BLOCKER))


def resolved_blocker(owner, admin):
    return made(owner.patch(f"/api/blockers/{blocker(owner, admin)}/resolve"))


def archived_blocker(owner, admin):
    return made(owner.patch(f"/api/blockers/{blocker(owner, admin)}/archive"))


def decision(owner, admin):
    return made(owner.post("/api/decisions", json=DECISION))


def notification(owner, admin):
    made(admin.post("/api/incidents", json=INCIDENT | {"assigned_to_id": account(owner, admin)}))
    return owner.get("/api/notifications").json["items"][0]["id"]


def unsubscribe_token(owner, admin):
    with admin.application.app_context():
        return links.unsubscribe_link(account(owner, admin), "incident.assigned").partition("token=")[2]


def summary(owner, admin):
    return made(admin.post("/api/summaries/generate"))


def webhook(owner, admin):
    return made(admin.post("/api/webhooks", json=WEBHOOK))


def delivery(owner, admin):
    # The webhook hears of its own creation; switched off and on again, that message waits no more.
    one = webhook(owner, admin)
    for is_active in (False, True):
        admin.patch(f"/api/webhooks/{one}", json={"is_active": is_active})
    (*_, oldest) = admin.get(f"/api/webhooks/{one}/deliveries").json["items"]
    return one, oldest["id"]


@dataclass(frozen=True)
class Row:
    """A method of a route: what it answers to whom, and what a valid request has.

    `nobody` is the status for every dead token too. Somebody inactive gets 403 where nobody gets 401, and else the
    same. Texts in body and query may say {record} and {caller}. `in_ledger` is False where a success leaves no row.
    """

    method: str
    route: str
    nobody: int
    owner: int
    other: int
    admin: int
    record: Callable[..., int | str | tuple[int, ...]] | None = None
    body: dict[str, Any] | None = None
    query: dict[str, str] | None = None
    in_ledger: bool = True

    def expected(self) -> dict[str, int]:
        dead = dict.fromkeys(DEAD, self.nobody)
        inactive = 403 if self.nobody == 401 else self.nobody
        return dead | {"inactive": inactive, "owner": self.owner, "other": self.other, "admin": self.admin}

    def request(self, caller: str, record: int | str | tuple[int, ...] | None) -> dict[str, Any]:
        def fill(value: Any) -> Any:
            return value.format(record=record, caller=caller) if isinstance(value, str) else value

        body = {name: fill(value) for name, value in self.body.items()} if self.body is not None else None
        query = {name: fill(value) for name, value in self.query.items()} if self.query is not None else None
        parts = iter(record if isinstance(record, tuple) else (record,))
        path = re.sub(r"<[^>]+>", lambda _: str(next(parts)), self.route)
        return {"path": path, "method": self.method, "json": body, "query_string": query}


# fmt: off
TABLE = (
    #    method    route                                       nobody owner other admin  record, body
    Row("GET",    "/",                                            200, 200, 200, 200),
    Row("GET",    "/healthz",                                     200, 200, 200, 200),
    Row("GET",    "/readyz",                                      200, 200, 200, 200),
    Row("GET",    "/metrics",                                     200, 200, 200, 200),
    Row("GET",    "/api/openapi.json",                            200, 200, 200, 200),
    Row("GET",    "/api/docs",                                    200, 200, 200, 200),
    Row("GET",    "/api/docs/start.js",                           200, 200, 200, 200),
    Row("GET",    "/api/docs/assets/<name>",                      200, 200, 200, 200, stylesheet),
    Row("GET",    "/api/config",                                  200, 200, 200, 200),

    Row("POST",   "/api/auth/register",                           201, 201, 201, 201,
        body={"email": "{caller}@new.example.org", "password": PASSWORD, "full_name": "New Person"}),
    Row("POST",   "/api/auth/login",                              200, 200, 200, 200,
        body={"email": "max@example.org", "password": PASSWORD}, in_ledger=False),
    Row("POST",   "/api/auth/logout",                             401, 200, 200, 200, in_ledger=False),
    Row("POST",   "/api/auth/forgot-password",                    202, 202, 202, 202,
        body={"email": "max@example.org"}, in_ledger=False),
    Row("POST",   "/api/auth/reset-password",                     200, 200, 200, 200, reset_token,
        body={"token": "{record}", "new_password": NEW_PASSWORD}),

    Row("GET",    "/api/users/me",                                401, 200, 200, 200),
    Row("PATCH",  "/api/users/me",                                401, 200, 200, 200, body={"full_name": "New Name"}),
    Row("POST",   "/api/users/me/change-password",                401, 200, 200, 200,
        body={"current_password": PASSWORD, "new_password": NEW_PASSWORD}),
    Row("GET",    "/api/users/for-assignment",                    401, 200, 200, 200),
    Row("GET",    "/api/users",                                   401, 403, 403, 200),
    Row("GET",    "/api/users/<id:user_id>",                      401, 403, 403, 200, account),
    Row("PATCH",  "/api/users/<id:user_id>",                      401, 403, 403, 200, account, {"role": "admin"}),
    Row("GET",    "/api/users/invitations",                       401, 403, 403, 200),
    Row("POST",   "/api/users/invitations",                       401, 403, 403, 201, body={"email": "n@example.org"}),
    Row("DELETE", "/api/users/invitations/<id:invitation_id>",    401, 403, 403, 204, invitation),

    Row("GET",    "/api/activity",                                401, 200, 200, 200),

    Row("GET",    "/api/status",                                  401, 200, 200, 200),
    Row("POST",   "/api/status",                                  401, 201, 201, 201, body=UPDATE),
    Row("GET",    "/api/status/<id:update_id>",                   401, 200, 200, 200, status_update),
    Row("PATCH",  "/api/status/<id:update_id>",                   401, 200, 403, 403, status_update, {"title": "New"}),
    Row("DELETE", "/api/status/<id:update_id>",                   401, 204, 403, 403, status_update),

    Row("GET",    "/api/incidents",                               401, 200, 200, 200),
    Row("POST",   "/api/incidents",                               401, 201, 201, 201, body=INCIDENT),
    Row("GET",    "/api/incidents/<id:incident_id>",              401, 200, 200, 200, incident),
    Row("PATCH",  "/api/incidents/<id:incident_id>",              401, 200, 200, 200, incident, {"title": "New"}),
    Row("DELETE", "/api/incidents/<id:incident_id>",              401, 403, 403, 204, archived_incident),
    Row("PATCH",  "/api/incidents/<id:incident_id>/status",       401, 200, 200, 200, incident, {"status": "resolved"}),
    Row("PATCH",  "/api/incidents/<id:incident_id>/assign",       401, 200, 200, 200, assigned_incident,
        {"assigned_to_id": None}),
    Row("PATCH",  "/api/incidents/<id:incident_id>/archive",      401, 200, 200, 200, incident),
    Row("PATCH",  "/api/incidents/<id:incident_id>/unarchive",    401, 200, 200, 200, archived_incident),

    Row("GET",    "/api/blockers",                                401, 200, 200, 200),
    Row("POST",   "/api/blockers",                                401, 201, 201, 201, body=BLOCKER),
    Row("GET",    "/api/blockers/<id:blocker_id>",                401, 200, 200, 200, blocker),
    Row("PATCH",  "/api/blockers/<id:blocker_id>",                401, 200, 200, 200, blocker, {"impact": "New"}),
    Row("DELETE", "/api/blockers/<id:blocker_id>",                401, 403, 403, 204, archived_blocker),
    Row("PATCH",  "/api/blockers/<id:blocker_id>/resolve",        401, 200, 200, 200, blocker),
    Row("PATCH",  "/api/blockers/<id:blocker_id>/reopen",         401, 200, 200, 200, resolved_blocker),
    Row("PATCH",  "/api/blockers/<id:blocker_id>/archive",        401, 200, 200, 200, blocker),
    Row("PATCH",  "/api/blockers/<id:blocker_id>/unarchive",      401, 200, 200, 200, archived_blocker),

    Row("GET",    "/api/decisions",                               401, 200, 200, 200),
    Row("POST",   "/api/decisions",                               401, 201, 201, 201, body=DECISION),
    Row("GET",    "/api/decisions/<id:decision_id>",              401, 200, 200, 200, decision),
    Row("PATCH",  "/api/decisions/<id:decision_id>",              401, 200, 403, 200, decision, {"title": "New"}),
    Row("DELETE", "/api/decisions/<id:decision_id>",              401, 204, 403, 204, decision),
    Row("GET",    "/api/decisions/<id:decision_id>/audit",        401, 200, 200, 200, decision),

    Row("GET",    "/api/summaries",                               401, 200, 200, 200),
    Row("GET",    "/api/summaries/<id:summary_id>",               401, 200, 200, 200, summary),
    Row("GET",    "/api/summaries/today",                         401, 200, 200, 200),
    Row("GET",    "/api/summaries/trends",                        401, 200, 200, 200),
    Row("POST",   "/api/summaries/generate",                      401, 403, 403, 201, query={"force_update": "true"}),

    # What concerns one person alone is no act of the team's.
    Row("GET",    "/api/notifications",                           401, 200, 200, 200),
    Row("PATCH",  "/api/notifications/<id:notification_id>",      401, 200, 404, 404, notification, {"is_read": True},
        in_ledger=False),
    Row("POST",   "/api/notifications/read-all",                  401, 200, 200, 200, in_ledger=False),
    Row("POST",   "/api/notifications/test",                      401, 202, 202, 202, in_ledger=False),
    Row("GET",    "/api/notifications/preferences",               401, 200, 200, 200),
    Row("PUT",    "/api/notifications/preferences",               401, 200, 200, 200, body={"email_mode": "daily"},
        in_ledger=False),
    Row("GET",    "/api/notifications/unsubscribe",               200, 200, 200, 200, unsubscribe_token,
        query={"token": "{record}"}),
    Row("POST",   "/api/notifications/unsubscribe",               200, 200, 200, 200, unsubscribe_token,
        query={"token": "{record}"}, in_ledger=False),

    Row("GET",    "/api/webhooks",                                401, 403, 403, 200),
    Row("POST",   "/api/webhooks",                                401, 403, 403, 201, body=WEBHOOK),
    Row("GET",    "/api/webhooks/<id:webhook_id>",                401, 403, 403, 200, webhook),
    Row("PATCH",  "/api/webhooks/<id:webhook_id>",                401, 403, 403, 200, webhook, {"description": "New"}),
    Row("DELETE", "/api/webhooks/<id:webhook_id>",                401, 403, 403, 204, webhook),
    Row("POST",   "/api/webhooks/<id:webhook_id>/rotate-secret",  401, 403, 403, 200, webhook),
    Row("GET",    "/api/webhooks/<id:webhook_id>/deliveries",     401, 403, 403, 200, webhook),
    Row("GET",    "/api/webhooks/<id:webhook_id>/deliveries/<id:delivery_id>",
                                                                  401, 403, 403, 200, delivery),
    Row("POST",   "/api/webhooks/<id:webhook_id>/deliveries/<id:delivery_id>/replay",
                                                                  401, 403, 403, 202, delivery),

    Row("GET",    "/api/search",                                  401, 200, 200, 200, query={"q": "x"}),
)
# fmt: on


@pytest.fixture
def leaver(make_user):
    """Somebody who had all the rights before they were deactivated."""
    return make_user("Lea Leaver", role="admin")


@pytest.fixture
def issue(app):
    """A token as signing in gives it."""

    def issue(user):
        with app.test_request_context():
            return issue_token(user.id, 1)

    return issue


@pytest.fixture
def callers(client, issue, admin, member, other, leaver):
    """Each caller with what makes their token, the dead first: some of the owner's own calls end all their sessions."""

    def expired():
        with time_machine.travel(datetime.now(UTC) - timedelta(days=2)):
            return issue(member)

    def revoked():
        token = issue(member)
        assert client.post("/api/auth/logout", headers=bearer(token)).status_code == 200
        return token

    def tampered():
        header, _, signature = issue(member).split(".")
        return f"{header}.{issue(admin).split('.')[1]}.{signature}"

    def alg_none():
        claims = jwt.decode(issue(admin), options={"verify_signature": False})
        return jwt.encode(claims, None, algorithm="none")

    def inactive():
        token, url = issue(leaver), f"/api/users/{leaver.id}"
        assert client.patch(url, json={"is_active": False}, headers=bearer(issue(admin))).status_code == 200
        return token

    return {
        "nobody": lambda: None,
        "expired": expired,
        "revoked": revoked,
        "tampered": tampered,
        "alg_none": alg_none,
        "inactive": inactive,
        "owner": lambda: issue(member),
        "other": lambda: issue(other),
        "admin": lambda: issue(admin),
    }


@pytest.fixture
def signed_in(app, issue):
    """A client of somebody who makes records; other than `sign_in`, it costs no password's check."""

    def signed_in(user):
        client = app.test_client(use_cookies=False)
        client.environ_base["HTTP_AUTHORIZATION"] = bearer(issue(user))["Authorization"]
        return client

    return signed_in


@pytest.fixture
def ledger(app):
    """How many rows the ledger has."""
    with app.app_context():
        engine = db.engine
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield lambda: connection.scalar(text("SELECT count(*) FROM activity"))


def bearer(token):
    return {"Authorization": f"Bearer {token}"} if token else {}


def assert_says_why(answer, caller):
    assert answer.content_type == "application/problem+json", caller
    assert answer.headers.get("WWW-Authenticate") == ("Bearer" if answer.status_code == 401 else None), caller
    if caller in SAYS:  # else the token could be dead for another reason than it should
        assert answer.json["detail"] == SAYS[caller], caller
    else:
        assert answer.json["detail"] not in SAYS.values(), caller


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.method} {row.route}")
def test_each_caller_is_answered_as_the_table_says(row, client, callers, signed_in, admin, member, leaver, ledger):
    makers = {"owner": signed_in(member), "inactive": signed_in(leaver)}
    answers, wrote = {}, {}

    for caller, make_token in callers.items():
        owner = makers.get(caller, makers["owner"])
        record = row.record(owner, signed_in(admin)) if row.record else None
        headers = bearer(make_token())
        before = ledger()
        answers[caller] = client.open(**row.request(caller, record), headers=headers, buffered=True)
        wrote[caller] = ledger() > before

    found = {caller: answer.status_code for caller, answer in answers.items()}
    assert found == row.expected()
    for caller, answer in answers.items():
        if answer.status_code in {401, 403}:
            assert_says_why(answer, caller)
    writes = row.method != "GET" and row.in_ledger
    assert wrote == {caller: writes and status < 300 for caller, status in found.items()}


def test_every_route_and_method_has_its_row(app):
    served = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if not rule.endpoint.startswith(JOBS_DASHBOARD)
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    listed = {(row.method, row.route) for row in TABLE}

    assert len(listed) == len(TABLE), "A route and method stands twice in TABLE"
    gone, missing = listed - served, served - listed
    lines = "\n".join(f'    Row("{method}", "{route}", 401, 200, 200, 200),' for method, route in sorted(missing))
    assert not gone, f"TABLE in {__file__} has rows without a route; take them out: {sorted(gone)}"
    assert not missing, (
        f"Say in TABLE in {__file__} who may do this: the statuses for nobody, the record's owner, another member and "
        f"an administrator, then record=, body=, query= as far as a valid request needs them:\n{lines}"
    )


def test_the_jobs_dashboard_is_for_administrators_browsers(app, callers):
    tokens = {caller: make_token() for caller, make_token in callers.items()}
    # No instance, queue or job is called 0 but the first Redis; the guard comes before anything is looked for.
    pages = [
        (method, re.sub(r"<[^>]+>", "0", rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith(JOBS_DASHBOARD)
        for method in rule.methods - {"HEAD", "OPTIONS"}
    ]
    assert pages

    for caller, token in tokens.items():
        browser = app.test_client()
        browser.environ_base["HTTP_ORIGIN"] = "http://localhost"
        if token:
            browser.set_cookie("access_token_cookie", token)
        expected = 401 if caller in DEAD else 200 if caller == "admin" else 403
        for method, url in pages if caller != "admin" else [("GET", "/admin/jobs/")]:
            # The dashboard's longer addresses of its pages redirect to the shorter ones.
            with browser.open(url, method=method, follow_redirects=True) as answer:
                assert answer.status_code == expected, (caller, method, url)
