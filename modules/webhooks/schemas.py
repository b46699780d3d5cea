"""What goes over the wire about webhooks."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate

from asyncops.events import actions
from asyncops.http.schemas import Answer, Moment, Schema, Text, one_of
from modules.webhooks.models import EVERYTHING, MAX_DESCRIPTION, MAX_EVENTS, MAX_URL, message_id


class _Known(validate.Validator):
    """An action that some module publishes, or `*`. Asked late: what there is is known when all are imported."""

    @property
    def choices(self) -> tuple[str, ...]:
        """All of them; the OpenAPI document lists these."""
        return (EVERYTHING, *actions())

    def __call__(self, value: Any) -> Any:
        if value not in self.choices:
            raise ValidationError(f"Must be one of: {', '.join(self.choices)}.")
        return value


class _Events(fields.List[str]):
    """What a webhook wants to hear of, without repetition."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(fields.String(validate=_Known()), validate=validate.Length(1, MAX_EVENTS), **kwargs)

    def deserialize(self, *args: Any, **kwargs: Any) -> Any:
        """As a list field, and then each name once."""
        names = super().deserialize(*args, **kwargs)
        return list(dict.fromkeys(names)) if isinstance(names, list) else names


class WebhookOut(Answer):
    """A webhook."""

    id = fields.Integer()
    url = fields.String()
    description = fields.String()
    events = fields.List(fields.String(), metadata={"description": "Names of actions, or `*`"})
    is_active = fields.Boolean()
    created_at = Moment()
    updated_at = Moment()
    last_success_at = Moment(allow_none=True)
    last_failure_at = Moment(allow_none=True)
    failing_since = Moment(
        allow_none=True,
        metadata={"description": "The first failure since the last success; five days later it is disabled"},
    )


class WebhookWithSecretOut(WebhookOut):
    """A webhook whose secret was just made."""

    secret = fields.String(metadata={"description": "`whsec_...`; it is not shown again"})


class WebhookIn(Schema):
    """Where to send what."""

    url = fields.String(required=True, validate=validate.Length(1, MAX_URL), metadata={"format": "uri"})
    description = Text(MAX_DESCRIPTION, blank=True, load_default="")
    events = _Events(required=True)
    is_active = fields.Boolean(load_default=True)


class DeliveryOut(Answer):
    """One act on its way to one webhook."""

    id = fields.Integer()
    message_id = fields.Method(
        "_message_id", metadata={"type": "string", "description": "The `webhook-id` header of every attempt"}
    )
    event = fields.String()
    subject_type = fields.String()
    subject_id = fields.Integer()
    subject_title = fields.String()
    created_at = Moment()
    status = fields.String(validate=one_of("pending", "delivered", "failed"))
    attempts = fields.Integer()
    due_at = Moment(allow_none=True, metadata={"description": "When the next attempt is made; null: none is"})
    sent_at = Moment(allow_none=True)
    status_code = fields.Integer(allow_none=True, metadata={"description": "What the last attempt was answered"})
    last_error = fields.String(allow_none=True)
    response = fields.String(
        allow_none=True,
        metadata={"description": "The beginning of the last answer's body, as text, up to 1,000 characters"},
    )
    duration_ms = fields.Integer(allow_none=True, metadata={"description": "How long the last attempt took"})

    def _message_id(self, row: Any) -> str:
        return message_id(row.id, row.created_at)


class DeliveryWithPayloadOut(DeliveryOut):
    """A delivery, and its message as it would be sent now."""

    payload = fields.Dict(keys=fields.String())
