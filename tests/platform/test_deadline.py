"""A server that answers a byte at a time is cut off all the same."""

import socket
import threading

import pytest

from asyncops.deadline import deadline


@pytest.fixture
def dripping():
    """A server that sends a byte every 50 ms until it is told to stop."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip():
            connection, _ = server.accept()
            with connection:
                while not stop.wait(0.05):
                    try:
                        connection.send(b".")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        yield server.getsockname()
        stop.set()
        thread.join()


def read_to_the_end(connection):
    while connection.recv(1):
        pass


def test_a_server_that_drips_is_cut_off(dripping):
    connected = socket.create_connection(dripping, timeout=5)
    with connected as connection, pytest.raises(TimeoutError), deadline(0.2, lambda: connection):
        read_to_the_end(connection)


def test_what_ends_in_time_is_left_alone(dripping):
    with socket.create_connection(dripping, timeout=5) as connection:
        with deadline(30, lambda: connection):
            assert connection.recv(1) == b"."
        assert connection.recv(1) == b"."


def test_another_error_stays_what_it_is():
    with pytest.raises(ConnectionRefusedError), deadline(30, lambda: None):
        raise ConnectionRefusedError
