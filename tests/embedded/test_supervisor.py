"""Supervisor: who ends is started again, and who must go goes."""

import os
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGTERM

from tests.waiting import eventually

from .processes import all_gone, descendants, program

SUPERVISE = """
import os, sys
import os
import time
from pathlib import Path
from asyncops.embedded.child import adopt_orphans
from asyncops.embedded.program import Program
from asyncops.embedded.supervisor import Supervisor
adopt_orphans()
supervisor = Supervisor()
supervisor.catch_signals()
for name, command in zip(sys.argv[1::2], sys.argv[2::2]):
    supervisor.add(Program(name, command, root=Path.cwd(), env=os.environ))
supervisor.run_until(lambda: False)
print("stopping")
supervisor.stop()
print("stopped")
"""
# A child that waits for its own child, as gunicorn's master and RQ's worker do; the grandchild is in another session.
FAMILY = """python -c "
import signal, subprocess, sys
child = subprocess.Popen(['sleep', '1000'], start_new_session=True)
signal.signal(signal.SIGTERM, lambda *_: (%s))
print('family of', child.pid)
while True: signal.pause()
"
"""
CAREFUL = FAMILY % "child.terminate(), sys.exit()"
CARELESS = FAMILY % "sys.exit()"
DEAF = FAMILY % "None"


def test_a_child_that_ends_is_started_again_with_growing_pauses(tmp_path: Path) -> None:
    with program(tmp_path, SUPERVISE, "worker", "sh -c 'echo here; exit 3'") as supervisor:
        supervisor.wait_for("worker   | here", times=3)

        supervisor.signal(SIGTERM)

        assert supervisor.end() == 0
        pauses = [line.split()[-2] for line in supervisor.said.splitlines() if "worker ended (status 3)" in line]
        assert pauses[:2] == ["0.5", "1"]


def test_a_command_that_does_not_exist_is_reported_and_tried_again(tmp_path: Path) -> None:
    with program(tmp_path, SUPERVISE, "web", "no-such-command") as supervisor:
        supervisor.wait_for("web ended (status 127)", times=2)
        assert "no-such-command" in supervisor.said


def test_the_other_children_live_on_when_one_is_killed(tmp_path: Path) -> None:
    with program(tmp_path, SUPERVISE, "web", "sleep 1000", "worker", "sleep 2000") as supervisor:
        eventually(lambda: len(descendants(supervisor.pid)) == 2)
        first = descendants(supervisor.pid)
        victim = min(first)

        os.kill(victim, SIGKILL)

        supervisor.wait_for("ended (signal SIGKILL)")
        eventually(lambda: len(descendants(supervisor.pid)) == 2)
        assert descendants(supervisor.pid) & first == first - {victim}


def test_a_stop_leaves_no_grandchild_even_of_a_careless_child(tmp_path: Path) -> None:
    with program(tmp_path, SUPERVISE, "worker", CARELESS) as supervisor:
        supervisor.wait_for("family of")
        family = descendants(supervisor.pid)
        assert len(family) == 2

        supervisor.signal(SIGTERM)

        assert supervisor.end() == 0
        assert all_gone(family)()


def test_a_killed_supervisor_leaves_no_grandchild_of_a_careful_child(tmp_path: Path) -> None:
    with program(tmp_path, SUPERVISE, "worker", CAREFUL) as supervisor:
        supervisor.wait_for("family of")
        family = descendants(supervisor.pid)
        assert len(family) == 2

        supervisor.signal(SIGKILL)

        eventually(all_gone(family))


def test_a_second_ctrl_c_does_not_wait_for_a_deaf_child(tmp_path: Path) -> None:
    with program(tmp_path, SUPERVISE, "worker", DEAF) as supervisor:
        supervisor.wait_for("family of")
        family = descendants(supervisor.pid)
        supervisor.signal(SIGINT)
        supervisor.wait_for("stopping")
        assert supervisor.process.poll() is None

        # Signals that come within half a second of the first are the same Ctrl-C.
        eventually(lambda: supervisor.process.poll() is not None or supervisor.signal(SIGINT), "its end")

        assert all_gone(family)()
        assert "stopped" in supervisor.said
