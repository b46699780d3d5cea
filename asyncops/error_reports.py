"""Unexpected errors, reported to Sentry where SENTRY_DSN is set: what broke and where, and nothing that people wrote.

An error's text may quote a row, a body or an address (PostgreSQL's do), and so may variables and log lines. So a report
is made of what is on a list, and the text stays behind: the request id leads to the log line that has it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asyncops.config import Settings
from asyncops.metrics import release

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint

FLUSH_SECONDS = 2.0

OF_EVENT = (
    "event_id",
    "timestamp",
    "platform",
    "level",
    "release",
    "environment",
    "sdk",
    "tags",
    "user",
    "transaction",
)
OF_EXCEPTION = ("type", "module")
OF_FRAME = ("filename", "function", "module", "lineno", "in_app", "pre_context", "context_line", "post_context")

_on = False


def configure(settings: Settings) -> None:
    """Switch reporting on or off, for forked processes too; without a DSN the library is not even imported."""
    global _on  # noqa: PLW0603 - as the library: one client for a process
    if settings.sentry_dsn is None:
        _on = False
        return
    import sentry_sdk  # noqa: PLC0415 - it costs memory and time that most installations need not pay
    from sentry_sdk.integrations.dedupe import DedupeIntegration  # noqa: PLC0415
    from sentry_sdk.integrations.excepthook import ExcepthookIntegration  # noqa: PLC0415
    from sentry_sdk.integrations.threading import ThreadingIntegration  # noqa: PLC0415

    sentry_sdk.init(
        dsn=settings.sentry_dsn,
        release=f"asyncops@{release()}",
        environment=settings.asyncops_env,
        # No other integration: they watch requests, statements and log lines, which are full of what people wrote.
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[DedupeIntegration(), ExcepthookIntegration(), ThreadingIntegration()],
        before_send=reduce,
        max_breadcrumbs=0,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        auto_session_tracking=False,
        send_client_reports=False,
        spotlight=False,
    )
    _on = True


def report(
    error: BaseException,
    *,
    request_id: str | None,
    route: str | None = None,
    job: str | None = None,
    user_id: int | None = None,
) -> None:
    """Send what broke and where, in the background; nothing where reporting is off."""
    if not _on:
        return
    import sentry_sdk  # noqa: PLC0415 - see above

    with sentry_sdk.new_scope() as scope:
        scope.clear()
        for name, value in (("request_id", request_id), ("route", route), ("job", job)):
            if value:
                scope.set_tag(name, value)
        if where := route or job:
            scope.set_transaction_name(where)
        if user_id is not None:
            scope.set_user({"id": str(user_id)})
        scope.capture_exception(error)


def flush() -> None:
    """Wait until what was reported is sent, for a process that is about to end; two seconds at most."""
    if _on:
        import sentry_sdk  # noqa: PLC0415 - see above

        sentry_sdk.flush(FLUSH_SECONDS)


def reduce(event: Event, hint: Hint) -> Event | None:  # noqa: ARG001 - the library's signature
    """What may leave of an event: only what is listed here, however much the library learns to collect."""
    given: dict[str, Any] = dict(event)
    kept = _some(given, OF_EVENT)
    values = (given.get("exception") or {}).get("values") or []
    kept["exception"] = {"values": [_exception(value) for value in values]}
    return kept  # type: ignore[return-value] # it is made of the event's own parts


def _exception(given: dict[str, Any]) -> dict[str, Any]:
    frames = (given.get("stacktrace") or {}).get("frames") or []
    return {**_some(given, OF_EXCEPTION), "stacktrace": {"frames": [_some(frame, OF_FRAME) for frame in frames]}}


def _some(given: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: given[name] for name in names if name in given}
