"""What goes over the wire about the ledger."""

from __future__ import annotations

from marshmallow import fields, validate

from asyncops.http.schemas import Answer, Id, Listing, Moment, OptionalPerson, one_of

RECORD_TYPES = ("status_update", "incident", "blocker", "decision", "summary", "user", "webhook")


class ChangeOut(Answer):
    """One field's value before and after."""

    field = fields.String()
    old = fields.Raw(allow_none=True)
    new = fields.Raw(allow_none=True)


class ActivityOut(Answer):
    """One act."""

    id = fields.Integer()
    action = fields.String(metadata={"description": "`<record type>.<past verb>`"})
    actor = OptionalPerson(metadata={"description": "null: the system itself"})
    subject_type = fields.String(validate=one_of(*RECORD_TYPES))
    subject_id = fields.Integer()
    subject_title = fields.String()
    changes = fields.List(fields.Nested(ChangeOut))
    request_id = fields.String(allow_none=True)
    occurred_at = Moment()


class ActivityFilters(Listing):
    """Which acts."""

    subject_type = fields.String(validate=one_of(*RECORD_TYPES))
    subject_id = Id()
    actor_id = Id()
    action = fields.String(validate=validate.Regexp(r"^[a-z_]{1,32}\.[a-z_]{1,31}\Z"))
    start_date = fields.Date(metadata={"description": "This whole day in your time zone, and later"})
    end_date = fields.Date(metadata={"description": "This whole day in your time zone, and earlier"})
