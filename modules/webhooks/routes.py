"""The HTTP face of webhooks: parse, call one service function, return what it returns."""

from __future__ import annotations

from typing import Any, ClassVar

from flask.views import MethodView

from asyncops.http.auth import current_actor
from asyncops.http.blueprint import Blueprint, IfMatch
from asyncops.http.request_context import not_kept
from asyncops.http.schemas import Listing, page_of
from asyncops.pagination import Page
from modules.webhooks import service
from modules.webhooks.schemas import DeliveryOut, DeliveryWithPayloadOut, WebhookIn, WebhookOut, WebhookWithSecretOut

blp = Blueprint(
    "webhooks",
    __name__,
    url_prefix="/api/webhooks",
    description="What is told to other programs (administrators)",
    record=WebhookOut(),
)


@blp.route("")
class Webhooks(MethodView):
    """All webhooks."""

    decorators: ClassVar[list[Any]] = [not_kept]

    @blp.arguments(Listing(), location="query")
    @blp.response(200, page_of(WebhookOut))
    def get(self, filters: dict[str, Any]) -> Page:
        """List webhooks, newest first."""
        return service.list_webhooks(current_actor(), **filters)

    @blp.arguments(WebhookIn())
    @blp.response(201, WebhookWithSecretOut())
    def post(self, body: dict[str, Any]) -> Any:
        """Make a webhook; its secret is shown in this answer alone."""
        return service.create_webhook(current_actor(), **body)


@blp.route("/<id:webhook_id>")
class OneWebhook(MethodView):
    """One webhook."""

    @blp.response(200, WebhookOut())
    def get(self, webhook_id: int) -> Any:
        """Show a webhook."""
        return service.get_webhook(current_actor(), webhook_id)

    @blp.arguments(IfMatch(), location="headers")
    @blp.arguments(WebhookIn(partial=True))
    @blp.response(200, WebhookOut())
    def patch(self, condition: dict[str, Any], body: dict[str, Any], webhook_id: int) -> Any:
        """Change a webhook, or switch it on or off; switched off, what waits is dropped."""
        return service.edit_webhook(current_actor(), webhook_id, **condition, **body)

    @blp.arguments(IfMatch(), location="headers")
    @blp.response(204)
    def delete(self, condition: dict[str, Any], webhook_id: int) -> None:
        """Delete a webhook; what waits is dropped."""
        service.delete_webhook(current_actor(), webhook_id, **condition)


@blp.route("/<id:webhook_id>/rotate-secret")
class WebhookSecret(MethodView):
    """What signs a webhook's messages."""

    decorators: ClassVar[list[Any]] = [not_kept]

    @blp.arguments(IfMatch(), location="headers")
    @blp.response(200, WebhookWithSecretOut())
    def post(self, condition: dict[str, Any], webhook_id: int) -> Any:
        """Make a new secret, shown in this answer alone; the one before signs for another day."""
        return service.rotate_secret(current_actor(), webhook_id, **condition)


@blp.route("/<id:webhook_id>/deliveries")
class Deliveries(MethodView):
    """What was or has to be sent."""

    @blp.arguments(Listing(), location="query")
    @blp.response(200, page_of(DeliveryOut))
    def get(self, filters: dict[str, Any], webhook_id: int) -> Page:
        """List a webhook's deliveries, newest first; settled ones are kept for 30 days."""
        return service.list_deliveries(current_actor(), webhook_id, **filters)


@blp.route("/<id:webhook_id>/deliveries/<id:delivery_id>")
class OneDelivery(MethodView):
    """One delivery."""

    @blp.response(200, DeliveryWithPayloadOut())
    def get(self, webhook_id: int, delivery_id: int) -> Any:
        """Show a delivery with its message."""
        return service.get_delivery(current_actor(), webhook_id, delivery_id)


@blp.route("/<id:webhook_id>/deliveries/<id:delivery_id>/replay")
class DeliveryReplay(MethodView):
    """Sending again."""

    @blp.response(202, DeliveryWithPayloadOut())
    def post(self, webhook_id: int, delivery_id: int) -> Any:
        """Have a message sent again now, under the same id."""
        return service.replay_delivery(current_actor(), webhook_id, delivery_id)
