"""Reports to Sentry: off by itself, and made of a list of allowed parts."""

import os
import subprocess
import sys

import pytest

from asyncops import error_reports

EVENT = {
    "event_id": "e",
    "timestamp": "2026-03-02T09:00:00Z",
    "platform": "python",
    "level": "error",
    "release": "asyncops@1",
    "environment": "production",
    "tags": {"request_id": "r"},
    "user": {"id": "7"},
    "transaction": "GET /api/status",
    "message": "SECRET",
    "logentry": {"message": "SECRET"},
    "request": {"url": "SECRET", "data": "SECRET", "cookies": "SECRET", "headers": {"Authorization": "SECRET"}},
    "breadcrumbs": {"values": [{"message": "SECRET", "data": {"db.params": ["SECRET"]}}]},
    "extra": {"SECRET": "SECRET"},
    "contexts": {"SECRET": {}},
    "server_name": "SECRET",
    "threads": {"values": [{"stacktrace": {"frames": [{"vars": {"a": "SECRET"}}]}}]},
    "exception": {
        "values": [
            {
                "type": "ValueError",
                "value": "SECRET",
                "module": None,
                "mechanism": {"data": "SECRET"},
                "stacktrace": {
                    "frames": [{"function": "f", "lineno": 3, "vars": {"a": "SECRET"}, "abs_path": "SECRET"}]
                },
            }
        ]
    },
}


def test_only_what_is_listed_leaves():
    kept = error_reports.reduce(EVENT, {})

    assert "SECRET" not in repr(kept)
    assert kept["exception"]["values"] == [
        {"type": "ValueError", "module": None, "stacktrace": {"frames": [{"function": "f", "lineno": 3}]}}
    ]
    assert kept["tags"] == {"request_id": "r"}
    assert kept["user"] == {"id": "7"}


@pytest.mark.parametrize("empty", [{}, {"exception": None}, {"exception": {"values": [{"stacktrace": None}]}}])
def test_an_event_that_lacks_parts_is_no_error(empty):
    assert "exception" in error_reports.reduce(empty, {})


def test_without_a_dsn_the_library_is_not_even_imported(environment):
    code = "import sys, asyncops.app as a; a.create_app(); sys.exit('sentry_sdk' in sys.modules)"
    env = {"PATH": os.environ["PATH"], **environment, "SENTRY_DSN": ""}

    assert subprocess.run([sys.executable, "-c", code], env=env, check=False, timeout=60).returncode == 0


def test_a_report_without_a_dsn_goes_nowhere(app):
    error_reports.report(ValueError("x"), request_id="r")
    error_reports.flush()

    assert "sentry_sdk" not in sys.modules
