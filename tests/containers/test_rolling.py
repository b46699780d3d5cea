"""Nobody notices a restart: the shipped nginx and web processes under load, and workers that are replaced at work."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from asyncops.embedded.child import spawn
from tests.containers.conftest import ROOT, is_up
from tests.faults.processes import children
from tests.ports import free_port
from tests.waiting import eventually

HAND_OVER = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}
os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "wsgi:app"])
"""

pytestmark = pytest.mark.timeout(900)  # a guard: several real processes start and stop here, on a busy machine

PEOPLE = 4
"""Threads that ask without a pause."""


class Load:
    """What was asked while it ran, and how it was answered."""

    def __init__(self, front, headers):
        self.front, self.headers = front, headers
        self.answers = Counter()
        self.written = []
        self.stop = threading.Event()
        self._lock = threading.Lock()

    def run(self, person):
        number = 0
        while not self.stop.is_set():
            number += 1
            title = f"update {person}-{number}"
            # Writes and reads; each on a connection of its own, as a script makes them.
            self._ask("POST", "/api/status", json={"title": title, "content": "As usual."}, wrote=title)
            self._ask("GET", "/api/status?limit=5")
            self._ask("GET", "/incidents")

    def _ask(self, method, path, wrote=None, **more):
        try:
            answer = str(self.front.ask(method, path, headers=self.headers, **more).status_code)
        except requests.RequestException as error:
            answer = repr(error)
        with self._lock:
            self.answers[method, answer] += 1
            if wrote and answer == "201":
                self.written.append(wrote)

    def asked(self, more):
        """Wait until so many more requests were answered."""
        goal = self.answers.total() + more
        eventually(lambda: self.answers.total() >= goal, "the load to go on")


@pytest.fixture
def load(sign_in, member, sql):
    """People who use it all the while. At the end each was answered as on a quiet day, and each write is there once."""
    authorization = sign_in(member).environ_base["HTTP_AUTHORIZATION"]

    @contextmanager
    def load(front):
        found = Load(front, {"Authorization": authorization, "Accept-Encoding": "identity"})
        threads = [threading.Thread(target=found.run, args=(person,), daemon=True) for person in range(PEOPLE)]
        for thread in threads:
            thread.start()
        try:
            found.asked(20)
            yield found
            found.asked(20)
        finally:
            found.stop.set()
            for thread in threads:
                thread.join(60)
        assert set(found.answers) == {("POST", "201"), ("GET", "200")}, found.answers
        assert sorted(title for (title,) in sql("SELECT title FROM status_updates")) == sorted(found.written)

    return load


def test_nginx_reads_its_configuration_anew(front, web, load):
    site = front(web())

    with load(site) as people:
        for _ in range(5):
            site.process.send_signal(signal.SIGHUP)
            people.asked(20)


def test_one_web_process_after_the_other_is_replaced(front, web, start, load):
    """The way of compose.production.yaml: two of them, each taken out of nginx before it is stopped."""
    ports = [free_port(), free_port()]
    processes = [start_web(start, port) for port in ports]
    site = front(*ports)

    with load(site) as people:
        for place, port in enumerate(ports):
            site.switch(*(other for other in ports if other != port))
            stop(processes[place])
            people.asked(20)
            processes[place] = start_web(start, port)
            site.switch(*ports)
            people.asked(20)


def test_one_that_crashes_is_left_out(front, start, load):
    ports = [free_port(), free_port()]
    processes = [start_web(start, port) for port in ports]
    site = front(*ports)
    people = Load(site, {"Accept-Encoding": "identity"})
    for process in children(processes[0].pid):
        os.kill(process, signal.SIGKILL)
    processes[0].kill()

    for _ in range(20):
        people._ask("GET", "/api/config")

    assert people.answers == {("GET", "200"): 20}


def test_a_socket_that_outlives_the_web_process_keeps_who_comes_waiting(front, environment, load, tmp_path):
    """The way of systemd: asyncops-web.socket holds the address, and asyncops-web.service is restarted behind it."""
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as listener:
        port = listener.getsockname()[1]
        web = activated(listener, environment, tmp_path)
        try:
            eventually(lambda: is_up(port), "the web process")
            site = front(port)
            with load(site) as people:
                for _ in range(2):
                    stop(web)
                    time.sleep(0.5)  # for a while there is none
                    web = activated(listener, environment, tmp_path)
                    people.asked(20)
        finally:
            web.terminate()
            web.wait(60)


def test_web_processes_that_have_served_enough_are_replaced(front, web, load):
    site = front(web(WEB_MAX_REQUESTS="20", WEB_CONCURRENCY="2"))

    with load(site) as people:
        people.asked(200)


def test_workers_that_are_replaced_at_work_lose_no_mail_and_send_none_twice(
    front, web, start, load, member, other, sign_in, sql, environment, workers_ready, enqueue, queue
):
    site = front(web())
    told = 16
    authorization = {"Authorization": sign_in(member).environ_base["HTTP_AUTHORIZATION"]}
    mails = Path(environment["DATA_DIR"]) / "mail"
    before = set(mails.glob("*.eml"))
    workers = [start("worker"), start("worker")]
    workers_ready(2)

    for number in range(told):
        body = {"title": f"Incident {number}", "description": "It fails.", "assigned_to_id": other.id}
        assert site.ask("POST", "/api/incidents", json=body, headers=authorization).status_code == 201
        if number % 5 == 3:  # in the middle of what was just handed out
            replaced = workers.pop(0)
            replaced.terminate()
            workers.append(start("worker"))
            assert replaced.wait(60) == 0

    unsent = "SELECT count(*) FROM deliveries WHERE sent_at IS NULL"
    # As each minute does, in which those are given up for lost that went with the worker that had just taken them.
    sql("UPDATE deliveries SET nudged_at = nudged_at - interval '1 minute' WHERE sent_at IS NULL")
    enqueue("outbox.send_due")
    eventually(lambda: sql(unsent)[0][0] == 0, "the mails")

    inbox = sql("SELECT count(*), count(DISTINCT activity_id) FROM notifications WHERE recipient_id = %s", other.id)
    assert inbox == [(told, told)]
    assert sql("SELECT count(*), sum(attempts) FROM deliveries") == [(told, told)]
    assert len(set(mails.glob("*.eml")) - before) == told
    assert queue.zcard("rq:failed:notifications") == 0


def start_web(start, port):
    process = start("web", PORT=str(port), WEB_CONCURRENCY="1", TRUSTED_PROXIES="1")
    eventually(lambda: is_up(port), "the web process")
    return process


def stop(process: subprocess.Popen[bytes]) -> None:
    """As systemd, compose and an operator stop it."""
    process.terminate()
    process.wait(60)


def activated(listener: socket.socket, environment, tmp_path) -> subprocess.Popen[bytes]:
    """A web process that finds its socket as descriptor 3, as systemd hands it over."""
    with (tmp_path / "activated.log").open("ab") as log:
        return spawn(
            [sys.executable, "-c", HAND_OVER, str(listener.fileno())],
            death_signal=signal.SIGTERM,
            env={"PATH": os.environ["PATH"], **environment, "WEB_CONCURRENCY": "1", "TRUSTED_PROXIES": "1"},
            cwd=ROOT,
            stdout=log,
            keeps=[listener.fileno()],
        )
