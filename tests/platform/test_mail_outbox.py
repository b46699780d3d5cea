"""Mails of the application over a real mail server: retried, never lost, and told to no log."""

import re
from email import message_from_bytes, policy

import pytest
import time_machine

from asyncops.extensions import db, redis_client

START = "2026-03-02T09:00:00Z"


@pytest.fixture
def serve(make_app):
    """The application with a mail server."""
    return lambda server: make_app(SMTP_URL=server.url("ops:hunter2", host="127.0.0.1"))


@pytest.fixture
def row(app):
    """What the database says about the one reset's mail."""

    def row():
        with app.app_context():
            statement = "SELECT due_at, attempts, sent_at, last_error FROM password_resets"
            return db.session.execute(db.text(statement)).one()

    return row


@pytest.fixture
def send_all(enqueue, work):
    """Let the minute's look at the outbox happen, for another application than the usual one."""

    def send_all(served):
        enqueue("outbox.send_due")
        work(served)

    return send_all


@pytest.mark.parametrize("fault", ["drop", "451 4.3.0 Try again"])
def test_a_mail_that_was_cut_off_goes_out_again_as_the_same_message(
    serve, mail_server, member, send_all, work, row, fault
):
    server = mail_server("none")
    server.postbox.answers["DATA"] = [fault]
    served = serve(server)
    with time_machine.travel(START, tick=False) as now:
        served.test_client().post("/api/auth/forgot-password", json={"email": member.email})
        work(served)
        failed = row()
        assert (failed.attempts, failed.sent_at) == (1, None)

        now.move_to(failed.due_at)
        send_all(served)

    assert row().sent_at is not None
    first, second = (envelope.content for envelope in server.postbox.envelopes)
    assert first == second


def test_a_refused_recipient_is_not_tried_again(serve, mail_server, member, work, row):
    server = mail_server("none")
    server.postbox.answers["RCPT"] = [f"550 5.1.1 <{member.email}>: no such person"]
    served = serve(server)

    served.test_client().post("/api/auth/forgot-password", json={"email": member.email})
    work(served)

    given_up = row()
    assert (given_up.attempts, given_up.due_at, given_up.sent_at) == (1, None, None)
    assert given_up.last_error == "The mail server answered 550 5.1.1 no such person"


@pytest.mark.parametrize(
    "fault", [None, "550 5.1.1 <{}>: no such person", "554 {}: bad link http://localhost/register#token=x"]
)
def test_no_log_and_no_job_knows_an_address_a_password_or_a_link(
    serve, mail_server, admin, sign_in, work, caplog, request, fault
):
    server = mail_server("none")
    if fault:
        server.postbox.answers["RCPT"] = [fault.format("new@example.org")]
    served = serve(server)
    logged = request.getfixturevalue("logged")  # of the application made last
    caplog.set_level("DEBUG")
    token = sign_in(admin).environ_base["HTTP_AUTHORIZATION"]

    served.test_client(use_cookies=False).post(
        "/api/users/invitations", json={"email": "new@example.org"}, headers={"Authorization": token}
    )
    with served.app_context():
        connection = redis_client()
        jobs = b"".join(b"".join(connection.hgetall(key).values()) for key in connection.keys("rq:job:*"))
    work(served)

    lines = logged()
    assert b"identity.send_invitation" in jobs
    assert ("mail_not_sent" if fault else "mail_sent") in lines
    for secret in ("new@example.org", "hunter2", "#token="):
        assert secret not in lines
        assert secret.encode() not in jobs


@pytest.mark.parametrize(
    ("method", "path", "change", "works"),
    [
        (None, None, None, 200),
        ("PATCH", "/api/users/me", {"email": "new@example.org"}, 400),
        (
            "POST",
            "/api/users/me/change-password",
            {"current_password": "correct-horse-1", "new_password": "battery-staple-2"},
            400,
        ),
    ],
    ids=["nothing", "the e-mail", "the password"],
)
def test_a_slow_mail_server_holds_nobody_up_and_what_changes_meanwhile_voids_the_link(
    serve, mail_server, member, sign_in, client, work, method, path, change, works
):
    server = mail_server("none")
    served = serve(server)
    person = sign_in(member)
    answers = []
    if method:
        server.postbox.meanwhile = lambda: answers.append(person.open(path, method=method, json=change).status_code)
    client.post("/api/auth/forgot-password", json={"email": member.email})

    work(served)

    assert answers == ([200] if method else [])
    envelope = server.postbox.envelopes[0]  # a notice about the change may follow
    text = message_from_bytes(envelope.content, policy=policy.default).get_body(("plain",)).get_content()
    body = {"token": re.search(r"#token=(\S+)", text).group(1), "new_password": "another-staple-3"}
    assert client.post("/api/auth/reset-password", json=body).status_code == works
