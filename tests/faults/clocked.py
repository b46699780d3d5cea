"""`python -m tests.faults.clocked FILE COMMAND ...`: a command of the application, by a clock that FILE sets.

FILE says by how many seconds it is off, and may be changed at any time. What waits goes by another clock, as it does
when the clock of a machine is set.
"""

import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine

from asyncops.cli import main


def follow(file: Path) -> None:
    real = time_machine.escape_hatch
    offset = 0.0
    travel = time_machine.travel(datetime.now(UTC), tick=True)
    clock = travel.start()
    while True:
        wanted = float(file.read_text())
        if wanted != offset:
            offset = wanted
            clock.move_to(real.datetime.datetime.now(UTC) + timedelta(seconds=offset))
        time.sleep(0.1)


if __name__ == "__main__":
    path, sys.argv = Path(sys.argv[1]), [sys.argv[0], *sys.argv[2:]]
    threading.Thread(target=follow, args=(path,), daemon=True).start()
    main()
