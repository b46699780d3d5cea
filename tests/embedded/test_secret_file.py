"""var/secrets"""

import base64
import stat
from pathlib import Path

import pytest

from asyncops.embedded import EmbeddedError
from asyncops.embedded.secret_file import ensure_secrets


def test_secrets_are_made_once_and_kept(tmp_path: Path) -> None:
    first = ensure_secrets(tmp_path)

    assert ensure_secrets(tmp_path) == first
    assert set(first) == {"SECRET_KEY", "JWT_SECRET_KEY", "ENCRYPTION_KEY", "POSTGRES_PASSWORD", "VALKEY_PASSWORD"}
    assert len(set(first.values())) == len(first)
    assert len(base64.urlsafe_b64decode(first["ENCRYPTION_KEY"])) == 32
    assert [path.name for path in tmp_path.iterdir()] == ["secrets"]


def test_only_the_owner_may_read_the_file(tmp_path: Path) -> None:
    ensure_secrets(tmp_path)

    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o600


def test_a_missing_name_is_added_and_the_rest_kept(tmp_path: Path) -> None:
    first = ensure_secrets(tmp_path)
    path = tmp_path / "secrets"
    path.write_text("".join(line for line in path.read_text().splitlines(keepends=True) if not line.startswith("JWT_")))

    second = ensure_secrets(tmp_path)

    assert second.pop("JWT_SECRET_KEY") != first.pop("JWT_SECRET_KEY")
    assert second == first


def test_a_file_cut_anywhere_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    ensure_secrets(tmp_path)
    path = tmp_path / "secrets"
    whole = path.read_bytes()
    for length in range(len(whole) - 1):  # but for the last line break
        path.write_bytes(whole[:length])

        with pytest.raises(EmbeddedError, match="restore it"):
            ensure_secrets(tmp_path)

        assert path.read_bytes() == whole[:length]


@pytest.mark.parametrize(
    "line", ["SECRET_KEY=", "SECRET_KEY", "ENCRYPTION_KEY=short", "POSTGRES_PASSWORD=has'a'quote-in-it", "\xff=\xff"]
)
def test_a_damaged_line_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "secrets").write_bytes(f"{line}\n# end\n".encode("latin-1"))

    with pytest.raises(EmbeddedError, match="restore it"):
        ensure_secrets(tmp_path)
