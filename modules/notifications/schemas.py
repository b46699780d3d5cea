"""What goes over the wire about notifications."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from asyncops.http.schemas import Answer, Id, Listing, Moment, OptionalPerson, Schema, one_of, page_of
from asyncops.pages import page_of as path_of_page
from modules.notifications import sentences
from modules.notifications.matrix import CHANNELS, MATRIX, TEST

MAX_CHAT_URL = 1000


class NotificationOut(Answer):
    """One entry of an inbox."""

    id = Id()
    event = fields.String(validate=one_of(*MATRIX, TEST), metadata={"description": "Why one is told"})
    subject_type = fields.Function(lambda row: row.subject_type or "user", metadata={"type": "string"})
    subject_id = fields.Function(lambda row: row.subject_id or row.recipient_id, metadata={"type": "integer"})
    title = fields.Function(sentences.title, metadata={"type": "string", "description": "What it is about"})
    body = fields.Function(sentences.why, metadata={"type": "string", "description": "One line of why"})
    url = fields.Method("_url", metadata={"type": "string", "description": "The page's path"})
    is_read = fields.Boolean()
    actor = OptionalPerson(metadata={"description": "null: the system itself"})
    created_at = Moment()

    def _url(self, row: Any) -> str:
        return "/inbox" if row.event == TEST else path_of_page(row.subject_type, row.subject_id)


class InboxFilters(Listing):
    """Which entries."""

    unread = fields.Boolean(metadata={"description": "Only what was not read yet"})


InboxPage = type(page_of(NotificationOut)).from_dict(
    {"unread_count": fields.Integer(metadata={"description": "Over the whole inbox, whatever the filter"})},
    name="InboxPage",
)


class NotificationIn(Schema):
    """What one may change of an entry."""

    is_read = fields.Boolean(required=True, truthy={True}, falsy={False})


class UnreadCountOut(Answer):
    """How much is new."""

    unread_count = fields.Integer()


class ChannelsOut(Answer):
    """Where something was sent."""

    channels = fields.List(fields.String(validate=one_of(*CHANNELS)))


class MatrixRowOut(Answer):
    """One kind of news, and where one is told of it."""

    event = fields.String(validate=one_of(*MATRIX))
    description = fields.String()
    inbox = fields.Boolean()
    email = fields.Boolean()
    chat = fields.Boolean()
    locked = fields.List(
        fields.String(validate=one_of(*CHANNELS)), metadata={"description": "Channels that can't be switched off"}
    )


class MatrixRowIn(Schema):
    """The cells of one kind of news that change."""

    event = fields.String(required=True, validate=one_of(*MATRIX))
    inbox = fields.Boolean(truthy={True}, falsy={False})
    email = fields.Boolean(truthy={True}, falsy={False})
    chat = fields.Boolean(truthy={True}, falsy={False})


class Clock(fields.Time):
    """A time of day, `22:30`."""

    def __init__(self, **kwargs: Any) -> None:
        """Accept hours and minutes."""
        super().__init__(format="%H:%M", metadata={"format": "", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$"}, **kwargs)


class QuietHoursSchema(Schema):
    """From when to when nothing but critical incidents goes out."""

    start = Clock(required=True)
    end = Clock(required=True)

    @validates_schema
    def _require_a_span(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("start") == data.get("end"):
            raise ValidationError("Quiet hours must end at another time than they start.")


class PreferencesOut(Answer):
    """What one wants to be told of, where and when."""

    matrix = fields.List(fields.Nested(MatrixRowOut))
    quiet_hours = fields.Nested(QuietHoursSchema, allow_none=True)
    email_mode = fields.String(validate=one_of("immediate", "daily"))
    digest_time = Clock()
    timezone = fields.String(metadata={"description": "In which these times are meant: that of the profile"})
    chat_service = fields.String(allow_none=True, metadata={"description": "Of one's chat target; null: there is none"})


class PreferencesIn(Schema):
    """What changes; whatever is absent stays as it is."""

    matrix = fields.List(fields.Nested(MatrixRowIn), validate=validate.Length(max=len(MATRIX)))
    quiet_hours = fields.Nested(QuietHoursSchema, allow_none=True)
    email_mode = fields.String(validate=one_of("immediate", "daily"))
    digest_time = Clock()
    chat_url = fields.String(
        allow_none=True,
        validate=validate.Length(1, MAX_CHAT_URL),
        metadata={"description": "An incoming webhook of a chat service, or its Apprise address; never shown again"},
    )


class UnsubscribeToken(Schema):
    """What the link in a mail holds."""

    token = fields.String(required=True, validate=validate.Length(1, 500))
