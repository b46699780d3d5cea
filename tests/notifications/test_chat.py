"""Chat targets: which may be chosen, and what arrives at a real receiver"""

import json
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import time_machine

from asyncops import deadline
from modules.notifications import chat

GUID = "8b799edf-6f98-4d3a-9be7-2862fb4e5752"
SLACK = "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
TEAMS = "https://prod-12.westeurope.logic.azure.com:443/workflows/2f3bd9c8aa/triggers/manual/paths/invoke"
PREFERENCES = "/api/notifications/preferences"


class Room(BaseHTTPRequestHandler):
    """A chat room that keeps what is posted to it."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(self.server.pause)
        self.server.posted.append(json.loads(body))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def room():
    with ThreadingHTTPServer(("127.0.0.1", 0), Room) as server:
        server.posted, server.status, server.pause = [], 200, 0
        server.url = f"json://127.0.0.1:{server.server_port}/"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def own_room(room, monkeypatch, prefer):
    """The receiver as the member's own chat target: its kind is let in for the test."""
    monkeypatch.setitem(chat.SERVICES, "json", "Test room")
    prefer(chat_url=room.url)
    return room


@pytest.mark.parametrize(
    ("url", "service"),
    [
        (SLACK, "Slack"),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", "Slack"),
        ("https://discord.com/api/webhooks/4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", "Discord"),
        ("tgram://123456789:abcdefg_hijklmnop/12315544/", "Telegram"),
        ("https://chat.googleapis.com/v1/spaces/w/messages?key=k&token=t", "Google Chat"),
        (f"{TEAMS}?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=abcdefgh", "Microsoft Teams"),
        ("pover://uuuuuuuuuuuuuuuuuuuuuuuuuuuuuu@tttttttttttttttttttttttttttttt", "Pushover"),
        (f"https://api.ciscospark.com/v1/webhooks/incoming/{'a' * 80}", "Webex"),
    ],
)
def test_services_with_fixed_hosts_may_be_chosen(prefer, reader, url, service):
    assert prefer(chat_url=url)["chat_service"] == service


@pytest.mark.parametrize(
    "url",
    [
        "json://127.0.0.1:5432/",
        "http://169.254.169.254/latest/meta-data",
        "https://example.org/hook",
        "mailto://user:password@example.org",
        "ntfy://127.0.0.1/topic",
        "mmost://127.0.0.1/3ccdd113474722377935511fc85d3dd4",
        "workflows://127.0.0.1/643e69f83c8944/iFKY",
        "workflows://logic.azure.com.example.org/643e69f83c8944/iFKY",
        "workflows://prod.logic.azure.com:22/643e69f83c8944/iFKY",
        f"{SLACK}?template=/etc/passwd",
        f"{SLACK}?verify=no",
        f"{SLACK}?rto=100000",
        "slack://bot@T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#one/#two",
        "slack://",
        "file:///etc/passwd",
        "syslog://localhost",
        "nonsense",
    ],
)
def test_nothing_else_may(reader, url):
    answer = reader.put(PREFERENCES, json={"chat_url": url})

    assert (answer.status_code, list(answer.json["errors"])) == (422, ["chat_url"])


def test_a_message_arrives_with_what_and_why_and_where(own_room, assigned, work):
    incident = assigned(title="Checkout errors")
    work()

    (posted,) = own_room.posted
    assert posted["title"] == "Checkout errors"
    assert posted["message"] == (
        f"Sam Lee assigned this incident to you\nhttp://localhost:8000/incidents/{incident['id']}"
    )


def test_a_title_wakes_nobody(own_room, assigned, work):
    assigned(title="@everyone <!channel>")
    work()

    assert "@everyone" not in own_room.posted[0]["title"]
    assert own_room.posted[0]["title"].replace("\u200b", "") == "@everyone <!channel>"


def test_what_waited_comes_as_one_message(own_room, assigned, prefer, sweep, sql):
    start, end = (f"{datetime.now(UTC) + timedelta(hours=hours):%H:%M}" for hours in (-1, 1))
    prefer(quiet_hours={"start": start, "end": end})
    assigned(title="First")
    assigned(title="Second")
    sweep()
    assert own_room.posted == []

    prefer(quiet_hours=None)
    sweep()

    (posted,) = own_room.posted
    assert posted["title"] == "2 notifications"
    assert "First: Sam Lee assigned" in posted["message"]


def test_a_room_that_refuses_is_asked_again(own_room, assigned, work, sql):
    own_room.status = 500
    assigned()
    work()

    failed = "SELECT attempts = 1 AND due_at > now() AND last_error = :error FROM deliveries WHERE channel = 'chat'"
    assert sql(failed, error="The chat service did not take the message")


def test_a_room_that_hangs_is_left_alone_after_a_while(own_room, assigned, work, sql, monkeypatch):
    monkeypatch.setattr(chat, "OUTSIDE_SECONDS", 0.2)
    own_room.pause = 0.6
    assigned()
    work()

    assert "did not answer" in sql("SELECT last_error FROM deliveries WHERE channel = 'chat'")
    assert deadline.OUTSIDE_SECONDS == 15


def test_a_target_that_was_taken_away_is_not_sent_to(own_room, assigned, prefer, work, sql):
    assigned()
    prefer(chat_url=None)
    work()

    assert own_room.posted == []
    assert sql("SELECT due_at IS NULL FROM deliveries WHERE channel = 'chat'")


def test_a_kind_that_is_allowed_no_more_is_not_sent_to(own_room, assigned, work, monkeypatch, sql):
    assigned()
    monkeypatch.delitem(chat.SERVICES, "json")
    work()

    assert own_room.posted == []
    assert "not allowed" in sql("SELECT last_error FROM deliveries WHERE channel = 'chat'")


@pytest.fixture
def workspace(room, app, monkeypatch):
    """The receiver as the workspace's chat."""
    changed = type(app.extensions["asyncops.settings"])
    fields = {name: getattr(app.extensions["asyncops.settings"], name) for name in changed.__dataclass_fields__}
    monkeypatch.setitem(app.extensions, "asyncops.settings", changed(**fields | {"workspace_chat_url": room.url}))
    return room


def test_the_workspaces_chat_gets_critical_incidents_once(workspace, incident, act, work, sweep):
    made = incident(severity="critical")
    incident(severity="high")
    work()
    act("PATCH", f"/api/incidents/{made['id']}/status", status="resolved")
    sweep()

    (posted,) = workspace.posted
    assert posted["title"] == "Checkout errors"
    assert posted["message"].startswith("Sam Lee opened a critical incident\nhttp://localhost:8000/incidents/")


@pytest.fixture
def morning():
    """Asked for first, so that people sign in on that day."""
    with time_machine.travel("2026-03-03T09:01:00Z", tick=False):
        yield


def test_the_workspaces_chat_gets_the_summary(morning, workspace, act, enqueue, work, sql):
    act("POST", "/api/status", title="T", content="C")
    sql("UPDATE status_updates SET created_at = created_at - interval '1 hour'")
    enqueue("daily_summaries.generate", "2026-03-03")
    work()

    assert [posted["title"][:10] for posted in workspace.posted] == ["Summary of"]
    assert workspace.posted[0]["message"].startswith("1 update, 0 open incidents")


def test_a_chat_url_stands_nowhere_else(own_room, assigned, work, logged, sql, app):
    own_room.status = 500
    assigned()
    work()

    port = str(own_room.server_port)
    assert port not in logged()
    assert port not in sql("SELECT string_agg(last_error, '') FROM deliveries")
