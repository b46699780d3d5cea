"""History that is filled in can be told from what happens now."""

from datetime import timedelta

import pytest

from asyncops.clock import as_of, is_past, utcnow


def test_only_what_is_filled_in_is_past():
    assert not is_past()
    with as_of(utcnow() - timedelta(days=1)):
        assert is_past()
    assert not is_past()


def test_a_history_that_fails_ends_too():
    with pytest.raises(LookupError), as_of(utcnow()):
        raise LookupError

    assert not is_past()
