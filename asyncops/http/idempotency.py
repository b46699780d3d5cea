"""`Idempotency-Key`: a POST that creates may be sent again, and makes one record.

The key, the body's hash and the answer are saved in the transaction that creates the record: there is no moment at
which one exists without the other. Refusals roll back, so they are not kept.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from flask import Response, current_app, g, request
from psycopg.errors import LockNotAvailable
from sqlalchemy import ForeignKey, LargeBinary, String, bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Mapped, mapped_column

from asyncops.actor import Actor
from asyncops.clock import utcnow
from asyncops.database import AnyRow, Model, table_of
from asyncops.encryption import Unreadable, decrypt, encrypt
from asyncops.errors import Conflict, Invalid
from asyncops.extensions import db
from asyncops.jobs import job
from asyncops.prepared import Prepared

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
KEPT = timedelta(hours=24)
WAIT = "5s"
_KEY = re.compile(r"[!-~]{1,255}")
PARAMETER = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
    "description": "Any unique text, such as a UUID. The same key with the same body gives the first answer again "
    "for 24 hours, and creates nothing",
}


class FirstStillRuns(Conflict):
    """Another request with this key has not ended yet."""

    detail = f"The first request with this {HEADER} is still running; ask again in a moment"


class FirstUnreadable(Conflict):
    """The first answer was encrypted with a key that is gone."""

    detail = f"What the first request with this {HEADER} created is saved; its answer can't be shown again"


class KeptAnswer(Model):
    """The first answer to one person's key on one route, encrypted: some answers carry secrets."""

    __tablename__ = "idempotency_keys"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    route: Mapped[str] = mapped_column(String(100), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    request_hash: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int]
    etag: Mapped[str | None] = mapped_column(String(64))
    answer: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=utcnow, server_default=func.now(), index=True)


# Of the table and not of the class: nothing of it is ever changed, so that the ORM has nothing to do with it.
_kept = table_of(KeptAnswer)
_NAME = func.hashtextextended(bindparam("name", type_=String), 0)
_TRY_LOCK = Prepared(select(func.pg_try_advisory_xact_lock(_NAME)))
_LOCK = select(func.pg_advisory_xact_lock(_NAME))
_FIND = Prepared(
    select(_kept.c.request_hash, _kept.c.status, _kept.c.etag, _kept.c.answer).where(
        _kept.c.user_id == bindparam("user_id"),
        _kept.c.route == bindparam("route"),
        _kept.c.key == bindparam("key"),
        _kept.c.created_at > bindparam("since"),
    )
)
_FRESH = insert(_kept).values({name: bindparam(name) for name in _kept.c.keys()})  # noqa: SIM118 - columns otherwise
# A row of the same key may still be there when its time is over.
_KEEP = Prepared(
    _FRESH.on_conflict_do_update(
        index_elements=["user_id", "route", "key"],
        set_={name: _FRESH.excluded[name] for name in ("request_hash", "status", "etag", "answer", "created_at")},
    )
)

View = Callable[..., Response]


def once(view: View) -> View:
    """Let the view run once for each person and key; without a key, or without a person, always."""

    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER)
        actor = g.get("actor")
        if key is None or actor is None:
            return view(*args, **kwargs)
        if not _KEY.fullmatch(key):
            raise Invalid({HEADER: ["It must be 1 to 255 visible ASCII characters."]})
        user_id, route = actor.id, str(request.endpoint)
        _wait_for_the_first(f"{user_id} {route} {key}")
        kept = _find(user_id, route, key)
        if kept is not None:
            return _replay(kept, actor)
        answer = view(*args, **kwargs)
        _keep(answer, user_id=user_id, route=route, key=key, request_hash=_request_hash(as_admin=actor.is_admin))
        return answer

    return wrapped


def _request_hash(*, as_admin: bool) -> bytes:
    asked = request.query_string + b"\n" + request.get_data(cache=True)
    return hashlib.sha256(b"admin\n" + asked if as_admin else asked).digest()


def _wait_for_the_first(name: str) -> None:
    # Before there is a row there is nothing to lock but the name; it is free again when the transaction ends.
    if _TRY_LOCK.scalar(name=name):
        return
    try:
        db.session.execute(select(func.set_config("lock_timeout", WAIT, True)))  # noqa: FBT003 - of the transaction
        db.session.execute(_LOCK, {"name": name})
        db.session.execute(select(func.set_config("lock_timeout", "0", True)))  # noqa: FBT003 - as above
    except OperationalError as error:
        if isinstance(error.orig, LockNotAvailable):
            raise FirstStillRuns from error
        raise


def _find(user_id: int, route: str, key: str) -> AnyRow | None:
    return _FIND.one_or_none(user_id=user_id, route=route, key=key, since=utcnow() - KEPT)


def _replay(kept: AnyRow, actor: Actor) -> Response:
    as_admin, as_member = _request_hash(as_admin=True), _request_hash(as_admin=False)
    if kept.request_hash == as_admin:
        actor.require_admin()  # the view would ask; what it answered then may be a secret
    elif kept.request_hash != as_member:
        raise Invalid({HEADER: ["It was used with another body; take a new key."]})
    try:
        body = decrypt(kept.answer)
    except Unreadable as error:
        raise FirstUnreadable from error
    answer = current_app.response_class(body, status=kept.status, content_type="application/json")
    if kept.etag is not None:
        answer.headers["ETag"] = kept.etag
    answer.headers[REPLAYED] = "true"
    return answer


def _keep(answer: Response, **identity: Any) -> None:
    values = identity | {
        "status": answer.status_code,
        "etag": answer.headers.get("ETag"),
        "answer": encrypt(answer.get_data()),
        "created_at": utcnow(),
    }
    _KEEP.run(**values)


@job("http.forget_answers", queue="maintenance", retry_after=())
def forget_answers() -> None:
    """Delete the answers whose time is over."""
    db.session.execute(delete(KeptAnswer).where(KeptAnswer.created_at <= utcnow() - KEPT))
