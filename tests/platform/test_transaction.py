"""The unit of work: one commit at the edge, callbacks after it, nothing left behind by a refusal."""

import pytest
from sqlalchemy import func, select, text, update

from asyncops.extensions import db
from asyncops.sessions import WriteWhileReading
from asyncops.transaction import after_commit, unit_of_work
from modules.identity.models import User


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


def test_reading_has_no_transaction_and_every_statement_sees_what_is_committed():
    moment = select(func.transaction_timestamp())
    with unit_of_work():
        assert db.session.scalar(moment) == db.session.scalar(moment)
    with unit_of_work(reads_only=True):
        assert db.session.scalar(moment) != db.session.scalar(moment)


def test_writing_while_reading_is_refused(make_user):
    user = make_user()
    with pytest.raises(WriteWhileReading), unit_of_work(reads_only=True):
        db.session.execute(update(User).values(full_name="Somebody Else"))
    with pytest.raises(WriteWhileReading), unit_of_work(reads_only=True):
        db.session.execute(text("UPDATE users SET full_name = 'Somebody Else'"))
    with pytest.raises(WriteWhileReading), unit_of_work(reads_only=True):
        db.session.get(User, user.id).full_name = "Somebody Else"

    with unit_of_work():
        assert db.session.get(User, user.id).full_name == user.full_name
