"""Several real web processes count as one, and go on counting when some of them end."""

import os
import signal
import tempfile
from pathlib import Path

import pytest
import requests
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.parser import text_string_to_metric_families

from asyncops import metric_files
from tests.faults.processes import children
from tests.ports import free_port
from tests.waiting import eventually

DURATION = "asyncops_http_request_duration_seconds"


class Web:
    """Two web processes behind one port; each question comes on a new connection."""

    def __init__(self, port, process):
        self.port = port
        self.process = process

    def get(self, path):
        with requests.Session() as session:
            session.trust_env = False
            return session.get(f"http://127.0.0.1:{self.port}{path}", timeout=30)

    def is_up(self):
        try:
            return self.get("/healthz").ok
        except requests.RequestException:
            return False

    def folder(self):
        parents = [metric_files.IN_MEMORY, Path(tempfile.gettempdir())]
        (found,) = {path.parent for parent in parents for path in parent.glob(f"*/counter_{self.process.pid}.db")}
        return found

    def sample(self, name, **labels):
        page = self.get("/metrics").text
        return sum(
            sample.value
            for family in text_string_to_metric_families(page)
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )

    def answered(self):
        return self.sample(f"{DURATION}_count", route="/api/config")

    def ask_until_both_answered(self):
        """Gives how often it asked."""
        asked, before = 0, self._counted_by()
        while not all(self._counted_by().get(pid, 0) > before.get(pid, 0) for pid in children(self.process.pid)):
            assert self.get("/api/config").ok
            asked += 1
            assert asked < 5000, "One of the processes never answered"
        return asked

    def _counted_by(self):
        # The answers that each process has counted by itself, from its own file.
        counted = {}
        for path in self.folder().glob("counter_*.db"):
            values = MmapedDict.read_all_values_from_file(str(path))
            owner = path.stem.rpartition("_")[2]
            if owner.isdecimal():
                counted[int(owner)] = sum(value for key, value, _, _ in values if "http_responses" in key)
        return counted


@pytest.fixture
def web(start):
    port = free_port()
    web = Web(port, start("web", PORT=str(port), WEB_CONCURRENCY="2", WEB_THREADS="2"))
    eventually(web.is_up, "the web processes")
    return web


def test_what_two_processes_answer_adds_up(web):
    asked = web.ask_until_both_answered()

    # The kernel's list may miss one for a moment.
    eventually(lambda: len(children(web.process.pid)) == 2, "two processes")
    assert web.answered() == asked
    assert web.sample("asyncops_http_requests_in_flight") == 1  # the one that looks
    assert "pid=" not in web.get("/metrics").text


def test_what_a_killed_process_counted_stays_and_its_files_go(web):
    asked = web.ask_until_both_answered()
    folder = web.folder()
    old = children(web.process.pid)

    os.kill(old[0], signal.SIGKILL)
    eventually(lambda: not list(folder.glob(f"*_{old[0]}.db")), "its files to be added up")
    eventually(lambda: len(children(web.process.pid)) == 2, "another in its place")

    assert web.answered() == asked
    more = web.ask_until_both_answered()
    assert web.answered() == asked + more


def test_a_reload_counts_on_and_leaves_nothing_of_the_old_processes(web):
    asked = web.ask_until_both_answered()
    folder = web.folder()
    old = children(web.process.pid)

    web.process.send_signal(signal.SIGHUP)
    eventually(lambda: not set(old) & set(children(web.process.pid)), "new processes")
    eventually(web.is_up, "an answer")
    left = [f"*_{pid}.db" for pid in old]
    eventually(lambda: not any(list(folder.glob(pattern)) for pattern in left), "the old ones' files to be added up")

    assert web.answered() == asked


def test_the_folder_goes_when_the_processes_stop(web):
    web.ask_until_both_answered()
    folder = web.folder()

    web.process.terminate()
    web.process.wait(60)

    assert not folder.exists()


def test_jobs_of_worker_processes_are_told_by_web_processes(web, start, enqueue, workers_ready):
    run = {"job_name": "outbox.send_due", "result": "ok"}
    start("worker")
    workers_ready(1)
    eventually(lambda: web.sample("asyncops_queue_workers", queue="notifications") == 1, "the worker's number")

    enqueue("outbox.send_due")

    eventually(lambda: web.sample("asyncops_job_duration_seconds_count", **run) == 1, "the job's result")


def test_with_redis_lost_it_answers_in_time_and_is_right_again_by_itself(web, servers):
    web.ask_until_both_answered()
    servers.valkey.kill()
    try:
        answer = web.get("/metrics")
        assert answer.elapsed.total_seconds() < 2
        assert "asyncops_queue_up 0.0" in answer.text
        assert "asyncops_database_up 1.0" in answer.text
        assert f"{DURATION}_count" in answer.text
    finally:
        servers.valkey.start()

    eventually(lambda: "asyncops_queue_up 1.0" in web.get("/metrics").text, "the queue to be up")
