"""Statements that go past the session: in its transaction, with its errors, and with rows that have names."""

import psycopg
import pytest
from sqlalchemy import bindparam, func, insert, literal, select, text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from asyncops.database import table_of
from asyncops.extensions import db
from asyncops.prepared import Prepared
from asyncops.sessions import WriteWhileReading
from asyncops.transaction import unit_of_work
from modules.identity.models import User
from modules.identity.views import person
from modules.status_updates.models import StatusUpdate

author = person("author")
TITLES = Prepared(
    select(StatusUpdate.id, author.columns, StatusUpdate.title, literal(7))
    .join(author.table, author.id == StatusUpdate.user_id)
    .where(StatusUpdate.user_id == bindparam("user_id"))
    .order_by(StatusUpdate.id)
)
COUNT = Prepared(select(func.count()).select_from(StatusUpdate))
updates = table_of(StatusUpdate)
NAMES = ("user_id", "title", "content", "tags", "created_at", "updated_at")
INSERT = insert(updates).values({name: bindparam(name) for name in NAMES}).returning(updates.c.id)
SELECT_OF_INSERT = select(INSERT.cte("added").c.id)
ADD = Prepared(INSERT)
NOW = Prepared(select(func.now()))
PID = Prepared(select(func.pg_backend_pid()))


@pytest.fixture
def values(member, now):
    return {"user_id": member.id, "title": "One", "content": "It", "tags": ["a"], "created_at": now, "updated_at": now}


@pytest.fixture
def now(sql):
    return sql("SELECT now()")


@pytest.mark.parametrize("reads_only", [True, False])
def test_rows_have_names_and_people_in_them_are_rows(app, member, values, reads_only):
    with app.app_context(), unit_of_work():
        ADD.run(**values)
        ADD.run(**values | {"title": "Two"})

    with app.app_context(), unit_of_work(reads_only=reads_only):
        one, two = TITLES.all(user_id=member.id)

    assert (one.title, two.title) == ("One", "Two")
    assert (one.author.id, one.author.full_name, one.author.role) == (member.id, member.full_name, "member")
    assert one[3] == 7  # what has no name has its place


def test_one_sees_what_the_session_changed_and_goes_with_its_transaction(app, member, values):
    def fail():
        with app.app_context(), unit_of_work():
            db.session.get(User, member.id).full_name = "Somebody Else"
            ADD.run(**values)
            (row,) = TITLES.all(user_id=member.id)
            assert row.author.full_name == "Somebody Else"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    with app.app_context(), unit_of_work(reads_only=True):
        assert COUNT.scalar() == 0
        assert db.session.get(User, member.id).full_name == member.full_name


@pytest.mark.parametrize("statement", [INSERT, SELECT_OF_INSERT])
def test_what_writes_is_refused_while_reading(app, values, statement):
    with app.app_context():
        for write in (lambda: Prepared(statement).scalar(**values), lambda: db.session.execute(statement, values)):
            with pytest.raises(WriteWhileReading), unit_of_work(reads_only=True):
                write()
        with unit_of_work():
            assert COUNT.scalar() == 0
            Prepared(statement).scalar(**values)
            assert COUNT.scalar() == 1


def test_a_value_that_is_missing_is_an_error_and_no_null(app, values):
    del values["created_at"]  # the model has a default, in Python

    with app.app_context(), pytest.raises(ProgrammingError, match="created_at"), unit_of_work():
        ADD.scalar(**values)


def test_errors_are_those_of_a_session_without_what_people_wrote(app, values):
    with app.app_context(), pytest.raises(IntegrityError) as raised, unit_of_work():
        ADD.scalar(**values | {"title": " "})

    assert isinstance(raised.value.orig, psycopg.errors.CheckViolation)


@pytest.mark.parametrize("reads_only", [True, False])
def test_a_connection_that_is_cut_is_given_up(app, reads_only):
    def be_cut():
        with unit_of_work(reads_only=reads_only):
            pid = PID.scalar()
            with db.engine.connect() as other:
                assert other.scalar(select(func.pg_terminate_backend(pid, 5000)))
            COUNT.scalar()

    with app.app_context():
        with pytest.raises(OperationalError) as raised:
            be_cut()
        assert raised.value.connection_invalidated

        with unit_of_work(reads_only=reads_only):
            assert COUNT.scalar() == 0


def test_reading_holds_one_connection_whoever_asks(app):
    with app.app_context(), unit_of_work(reads_only=True):
        before = db.engine.pool.checkedout()
        first = PID.scalar()
        assert db.session.scalar(select(func.count()).select_from(User)) >= 0
        assert PID.scalar() == db.session.scalar(select(func.pg_backend_pid()))
        assert db.engine.pool.checkedout() == before + 1
        assert first


def test_connections_that_read_without_transactions_have_them_for_writing(app):
    with app.app_context():
        for reads_only in (True, True, False, False, True, False):
            with unit_of_work(reads_only=reads_only):
                moments = {NOW.scalar() for _ in range(3)}  # of the transaction
            assert len(moments) == (3 if reads_only else 1)


def test_a_search_for_words_or_tags_is_planned_for_each_value(app):
    tagged = Prepared(select(StatusUpdate.id).where(StatusUpdate.tags.contains(bindparam("tags"))))
    with app.app_context(), unit_of_work():
        for _ in range(3):
            assert tagged.all(tags=["a"]) == []
            COUNT.scalar()
        kept = [row.statement for row in db.session.execute(text("SELECT statement FROM pg_prepared_statements"))]

    assert any("count(*)" in statement for statement in kept)
    assert not any("@>" in statement for statement in kept)
