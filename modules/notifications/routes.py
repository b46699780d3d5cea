"""The HTTP face of notifications: parse, call one service function, return what it returns."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import Response, make_response, render_template
from flask.views import MethodView

from asyncops.http.auth import current_actor
from asyncops.http.blueprint import Blueprint
from asyncops.http.limits import by_person
from asyncops.pagination import Page
from modules.notifications import service
from modules.notifications.schemas import (
    ChannelsOut,
    InboxFilters,
    InboxPage,
    NotificationIn,
    NotificationOut,
    PreferencesIn,
    PreferencesOut,
    UnreadCountOut,
    UnsubscribeToken,
)

blp = Blueprint(
    "notifications",
    __name__,
    url_prefix="/api/notifications",
    description="What concerns me",
    template_folder="templates",
)

PAGE = {"200": {"description": "A page", "content": {"text/html": {"schema": {"type": "string"}}}}}


def _page(subscription: service.Subscription, *, done: bool) -> Response:
    return make_response(render_template("unsubscribe.html", subscription=subscription, done=done))


@blp.route("")
class Inbox(MethodView):
    """One's own inbox."""

    @blp.arguments(InboxFilters(), location="query")
    @blp.response(200, InboxPage())
    def get(self, filters: dict[str, Any]) -> Page:
        """List one's own notifications, newest first."""
        return service.list_notifications(current_actor(), **filters)


@blp.route("/<id:notification_id>")
class OneNotification(MethodView):
    """One entry."""

    @blp.arguments(NotificationIn())
    @blp.response(200, NotificationOut())
    def patch(self, body: dict[str, Any], notification_id: int) -> Any:
        """Mark one's own notification as read or unread."""
        return service.mark_notification(current_actor(), notification_id, **body)


@blp.route("/read-all")
class AllRead(MethodView):
    """An empty inbox."""

    @blp.response(200, UnreadCountOut())
    def post(self) -> dict[str, int]:
        """Mark all of one's own notifications as read."""
        return service.read_all(current_actor())


@blp.route("/test")
class ChannelTest(MethodView):
    """Whether one is reached."""

    decorators: ClassVar[list[Any]] = [by_person]

    @blp.response(202, ChannelsOut())
    def post(self) -> dict[str, list[str]]:
        """Send oneself a test on each of one's channels."""
        return service.send_test(current_actor())


@blp.route("/preferences")
class OwnPreferences(MethodView):
    """What one wants to be told of."""

    @blp.response(200, PreferencesOut())
    def get(self) -> dict[str, Any]:
        """Show what one is told of, where and when."""
        return service.get_preferences(current_actor())

    @blp.arguments(PreferencesIn())
    @blp.response(200, PreferencesOut())
    def put(self, body: dict[str, Any]) -> dict[str, Any]:
        """Change what one is told of; what is absent stays as it is."""
        return service.set_preferences(current_actor(), **body)


@blp.route("/unsubscribe")
class Unsubscription(MethodView):
    """The way out of mails; the token says whose and which."""

    @blp.doc(security=[], responses=PAGE)
    @blp.arguments(UnsubscribeToken(), location="query")
    @blp.response(200)
    def get(self, link: dict[str, str]) -> Response:
        """Ask whether to end these mails; changes nothing, as machines follow the links in mails too."""
        return _page(service.find_subscription(**link), done=False)

    @blp.doc(security=[], responses=PAGE)
    @blp.arguments(UnsubscribeToken(), location="query")
    @blp.response(200)
    def post(self, link: dict[str, str]) -> Response:
        """End these mails, in one step (RFC 8058); the body is not looked at."""
        return _page(service.unsubscribe(**link), done=True)
