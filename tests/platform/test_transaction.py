"""The unit of work: one commit at the edge, callbacks after it, nothing left behind by a refusal."""

import pytest
from sqlalchemy import text

from asyncops.extensions import db
from asyncops.transaction import after_commit, unit_of_work


@pytest.fixture(autouse=True)
def _context(app):
    with app.app_context():
        db.session.execute(text("CREATE TABLE notes (n int)"))
        db.session.commit()
        yield
        db.session.rollback()
        db.session.execute(text("DROP TABLE notes"))
        db.session.commit()


def notes():
    return db.session.scalars(text("SELECT n FROM notes")).all()


def test_callbacks_run_after_the_commit_in_order():
    seen = []
    with unit_of_work():
        db.session.execute(text("INSERT INTO notes VALUES (1)"))
        after_commit(lambda: seen.append(("first", notes())))
        after_commit(lambda: seen.append(("second", notes())))
        assert seen == []

    assert seen == [("first", [1]), ("second", [1])]


def test_a_refusal_leaves_no_rows_and_drops_the_callbacks():
    seen = []

    def refuse():
        with unit_of_work():
            db.session.execute(text("INSERT INTO notes VALUES (1)"))
            after_commit(lambda: seen.append("ran"))
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        refuse()
    with unit_of_work():
        pass  # a dropped callback must not leak into the next commit

    assert seen == []
    assert notes() == []


def test_a_callback_that_fails_is_logged_and_the_others_still_run():
    seen = []

    def fail():
        raise ConnectionError("Redis is away")

    with unit_of_work():
        after_commit(fail)
        after_commit(lambda: seen.append("ran"))

    assert seen == ["ran"]


def test_units_do_not_nest():
    with pytest.raises(RuntimeError, match="already open"), unit_of_work(), unit_of_work():
        pass


def test_there_is_nothing_to_wait_for_outside_a_unit():
    with pytest.raises(RuntimeError, match="no unit of work"):
        after_commit(print)
