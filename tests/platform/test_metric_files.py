"""The folder in which processes count together: made, added up, and cleared away, by real processes."""

import fcntl
import os
import time

import pytest

from asyncops import metric_files
from tests.embedded.processes import program
from tests.waiting import eventually

OLD = time.time() - metric_files.YOUNG_SECONDS - 5

COUNTING = """
import os, sys, time
from pathlib import Path
from asyncops import metric_files
folder = metric_files.share(Path(sys.argv[1]))
assert metric_files.share() == folder
from prometheus_client import Counter, Gauge, Histogram, generate_latest
from asyncops import metrics
COUNT = Counter("t_things_total", "Things", ["kind"], registry=metrics.registry)
TOOK = Histogram("t_seconds", "Took", buckets=(1, 2), registry=metrics.registry)
NOW = Gauge("t_now", "Now", multiprocess_mode="livesum", registry=metrics.registry)

def child(seconds):
    pid = os.fork()
    if pid == 0:
        COUNT.labels("a").inc(); COUNT.labels("b").inc(2); TOOK.observe(seconds); NOW.inc()
        os._exit(0)
    os.waitpid(pid, 0)
    return pid

def said():
    return {line for line in metrics.exposition((), within=1).decode().splitlines() if line.startswith("t_")}
"""


@pytest.fixture
def ended(tmp_path):
    """Run code after COUNTING; gives what it said."""

    def ended(code):
        with program(tmp_path, COUNTING + code, tmp_path / "parent") as found:
            assert found.end() == 0, found.said
            return found.said.split()

    (tmp_path / "parent").mkdir()
    return ended


def test_what_ended_processes_counted_stays_in_one_file(ended):
    said = ended(
        """
first = [child(0.5), child(1.5)]
before = said()
NOW.inc(5)
metric_files.add_up_ended(())
one = said()
files = sorted(path.name for path in folder.glob("*.db") if str(os.getpid()) not in path.name)
child(1.5)
metric_files.add_up_ended(())
two = said()
assert before - {'t_now 2.0'} == one - {'t_now 5.0'}, (before, one)
assert 't_now 5.0' in one, one
assert {'t_things_total{kind="a"} 3.0', 't_things_total{kind="b"} 6.0'} <= two, two
assert {'t_seconds_bucket{le="1.0"} 1.0', 't_seconds_count 3.0', 't_seconds_sum 3.5'} <= two, two
print(*files)
"""
    )

    assert said == ["counter_merged.db", "histogram_merged.db"]


def test_a_running_process_keeps_its_file(ended):
    said = ended(
        """
pid = child(0.5)
metric_files.add_up_ended({pid})
print(*sorted(path.name.replace(str(pid), "PID") for path in folder.glob(f"*_{pid}.db")))
"""
    )

    assert said == ["counter_PID.db", "gauge_livesum_PID.db", "histogram_PID.db"]


def test_nothing_is_added_up_while_somebody_reads(ended):
    said = ended(
        """
pid = child(0.5)
with metric_files.reading(folder):
    metric_files.add_up_ended(())
    print((folder / f"counter_{pid}.db").exists())
metric_files.add_up_ended(())
print((folder / f"counter_{pid}.db").exists())
"""
    )

    assert said == ["True", "False"]


def test_the_folder_goes_with_its_process_and_not_with_a_forked_one(ended, tmp_path):
    said = ended(
        """
pid = os.fork()
if pid == 0:
    sys.exit(0)
os.waitpid(pid, 0)
print(folder.is_dir(), oct(folder.stat().st_mode & 0o777))
"""
    )

    assert said == ["True", "0o700"]
    assert list((tmp_path / "parent").iterdir()) == []


def test_what_a_killed_process_left_goes_and_what_a_running_one_has_stays(tmp_path, ended):
    killed, running, young = (tmp_path / "parent" / f"{metric_files.PREFIX}{name}" for name in ("a", "b", "c"))
    for folder in (killed, running, young):
        folder.mkdir()
        (folder / "in-use").touch()
        if folder != young:
            os.utime(folder, (OLD, OLD))
    with (running / "in-use").open("rb") as in_use:
        fcntl.flock(in_use, fcntl.LOCK_EX)
        ended("print(folder.name)")

    assert sorted((tmp_path / "parent").iterdir()) == [running, young]


def test_a_process_that_shares_nothing_counts_for_itself(monkeypatch):
    monkeypatch.setenv(metric_files.VARIABLE, "/nowhere")  # somebody else's

    assert metric_files.folder() is None
    metric_files.add_up_ended(())


def test_a_killed_master_leaves_a_lock_that_is_free(tmp_path):
    (tmp_path / "parent").mkdir()
    with program(tmp_path, COUNTING + "print('ready', flush=True); time.sleep(60)", tmp_path / "parent") as found:
        found.wait_for("ready")
        found.process.kill()
        found.end()
    (left,) = (tmp_path / "parent").iterdir()
    os.utime(left, (OLD, OLD))

    with program(tmp_path, COUNTING, tmp_path / "parent") as found:
        found.end()

    eventually(lambda: not left.exists())
