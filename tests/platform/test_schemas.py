"""Answers are written by a way of our own; they are what marshmallow would have written."""

import itertools
from datetime import UTC, date, datetime, time
from types import SimpleNamespace
from unittest import mock

import marshmallow
import pytest
from marshmallow import fields

import asyncops.app  # noqa: F401 - so that every schema is there
from asyncops.http.schemas import Answer, Moment


def everything(kind=Answer):
    for sub in kind.__subclasses__():
        yield sub
        yield from everything(sub)


def is_plain(schema):
    """Whether no method reads objects in its own way; the tests of those that do show what they write."""
    return not any(
        isinstance(field, fields.Method | fields.Function)
        or (isinstance(inner := getattr(field, "inner", field), fields.Nested) and not is_plain(inner.schema))
        for field in schema.dump_fields.values()
    )


ANSWERS = {f"{kind.__module__}.{kind.__name__}": kind for kind in everything() if is_plain(kind())}
MOMENT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def value_for(field, *, empty):  # noqa: C901, PLR0911 - a line for each kind of field
    """What a row may hold for the field; the second of two is null where that is allowed."""
    if empty and field.allow_none:
        return None
    match field:
        case fields.Nested():
            one = filled(field.schema, empty=empty)
            return [one, one] if field.many else one
        case fields.List():
            return [value_for(field.inner, empty=empty), value_for(field.inner, empty=empty)]
        case Moment():
            return MOMENT
        case fields.Time():
            return time(22, 30)
        case fields.Date():
            return date(2026, 3, 1)
        case fields.Boolean():
            return True
        case fields.Integer():
            return 7
        case fields.Float():
            return 1.25
        case fields.Dict():
            return {"a": [1]}
        case _:
            return "Ádám\n"


def filled(schema, *, empty, as_dict=False):
    values = {field.attribute or name: value_for(field, empty=empty) for name, field in schema.dump_fields.items()}
    return values if as_dict else SimpleNamespace(**values)


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_what_marshmallow_makes_of_it(name, app):
    schema = ANSWERS[name]()
    with app.app_context(), mock.patch.object(Answer, "dump", marshmallow.Schema.dump):
        objects = [filled(schema, empty=e, as_dict=d) for e, d in itertools.product((False, True), repeat=2)]
        expected = [schema.dump(one) for one in objects]

    assert [schema.dump(one) for one in objects] == expected
    assert schema.dump(objects, many=True) == expected
    assert all(expected)


def test_what_a_dictionary_lacks_is_left_out():
    schema = Answer.from_dict({"there": fields.Integer(), "elsewhere": fields.Integer()})()

    assert schema.dump({"there": 1}) == {"there": 1}
