"""environment(): what a command in a second terminal finds."""

import os
from pathlib import Path

import pytest

from asyncops.embedded import environment
from asyncops.embedded.running import announced
from asyncops.embedded.secret_file import ensure_secrets

NAMES = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "JWT_SECRET_KEY", "ENCRYPTION_KEY")


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def test_a_new_folder_gives_nothing(tmp_path: Path) -> None:
    assert environment(tmp_path / "var") == {}


def test_urls_are_there_while_it_runs_and_secrets_always(tmp_path: Path) -> None:
    secrets = ensure_secrets(tmp_path)
    kept = {name: secrets[name] for name in ("SECRET_KEY", "JWT_SECRET_KEY", "ENCRYPTION_KEY")}
    with announced(tmp_path, {"REDIS_URL": "redis://:a=b@127.0.0.1/0"}):
        assert environment(tmp_path) == kept | {"REDIS_URL": "redis://:a=b@127.0.0.1/0"}
        assert (tmp_path / "running").stat().st_mode & 0o777 == 0o600

    assert environment(tmp_path) == kept


def test_what_is_set_already_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://mine")
    with announced(tmp_path, {"DATABASE_URL": "postgresql://embedded", "REDIS_URL": "redis://embedded"}):
        assert environment(tmp_path) == {"REDIS_URL": "redis://embedded"}


def test_what_a_dead_process_left_behind_is_ignored(tmp_path: Path) -> None:
    ended = os.spawnlp(os.P_NOWAIT, "true", "true")
    os.waitpid(ended, 0)
    (tmp_path / "running").write_text(f"PID={ended}\nREDIS_URL=redis://gone\n")

    assert environment(tmp_path) == {}
