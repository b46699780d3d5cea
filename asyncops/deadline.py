"""An end to waiting: a conversation with a server elsewhere is cut off, however slowly it goes on answering."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Timer

OUTSIDE_SECONDS = 15.0
"""How long anything outside may take. A socket's own time limit begins anew with each byte that arrives."""


@contextmanager
def deadline(seconds: float, connection: Callable[[], socket.socket | None]) -> Iterator[None]:
    """Shut down whatever socket `connection` names when the time is up; the block ends with TimeoutError then."""
    passed = Event()

    def cut() -> None:
        passed.set()
        if (open_socket := connection()) is not None:
            with contextlib.suppress(OSError):  # it may have ended by itself at this moment
                socket.socket.shutdown(open_socket, socket.SHUT_RDWR)  # below TLS, which would say goodbye and wait

    timer = Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except Exception as error:  # whatever the cut made of the conversation
        if passed.is_set():
            raise TimeoutError(f"No answer within {seconds:g} s") from error
        raise
    finally:
        timer.cancel()
    if passed.is_set():
        raise TimeoutError(f"No answer within {seconds:g} s")
