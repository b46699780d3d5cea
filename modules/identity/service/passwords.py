"""Changing a password, and setting a new one by a link."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import update

from asyncops import outbox
from asyncops.actor import SYSTEM, Actor
from asyncops.clock import utcnow
from asyncops.database import lock
from asyncops.events import publish
from asyncops.extensions import db, settings
from asyncops.jobs import enqueue_after_commit
from asyncops.mail import Button, Mail, Paragraph, send_mail
from asyncops.outbox import ARRIVED
from modules.identity import policy, queries
from modules.identity.errors import ResetLinkInvalid, UserNotFound, WrongPassword
from modules.identity.events import UserPasswordChanged, UserResetLinkMade
from modules.identity.models import RESET_LIFETIME, PasswordReset
from modules.identity.service import links
from modules.identity.service.hashing import hash_password, verify_password


def change_password(actor: Actor, *, current_password: str, new_password: str, keep_token: UUID) -> None:
    """Change the caller's password; every session but the one of `keep_token` ends. Raises WrongPassword, Invalid."""
    user = queries.lock_user(actor.id or 0)
    if not verify_password(current_password, user.password_hash):
        raise WrongPassword
    policy.require_good_password(new_password, user.email, settings().workspace_name, field="new_password")
    user.set_password(hash_password(new_password), keep=keep_token)
    void_open_resets(user.id)
    publish(UserPasswordChanged(actor, user.subject))


def request_reset(*, email: str) -> None:
    """Note the wish; a job finds out whether there is such an account and writes the mail."""
    reset = _add_reset(email)
    enqueue_after_commit("identity.send_password_reset", reset.id)


def reset_password(*, token: str, new_password: str) -> None:
    """Set a new password by a link: once, within its hour, and every session ends. Raises ResetLinkInvalid, Invalid."""
    reset_id = links.read(links.RESET, token)
    if reset_id is None:
        raise ResetLinkInvalid
    # The person first, then the link: two links of one person, used at once, must take their locks in one order.
    user = queries.lock_user(queries.reset_user_id(reset_id) or 0, ResetLinkInvalid)
    reset = lock(PasswordReset, reset_id, ResetLinkInvalid)
    if reset.used_at is not None or reset.expires_at <= utcnow() or not user.is_active:
        raise ResetLinkInvalid
    policy.require_good_password(new_password, user.email, settings().workspace_name, field="new_password")
    user.set_password(hash_password(new_password))
    void_open_resets(user.id)  # this link, and others that are as old as the old password
    publish(UserPasswordChanged(Actor(id=user.id, role=user.role), user.subject))


def void_open_resets(user_id: int) -> None:
    """Let no link that was made so far set the person's password."""
    unused = (PasswordReset.user_id == user_id) & PasswordReset.used_at.is_(None)
    db.session.execute(update(PasswordReset).where(unused).values(used_at=utcnow()))


def send_password_reset(reset_id: int) -> None:
    """Write the mail of one reset, once, if there is such an active account; a repetition writes the same mail."""
    reset = outbox.claim(PasswordReset, reset_id, PasswordReset.expires_at > utcnow())
    if reset is None:
        return
    user = queries.find_user_by_email(reset.email)
    if user is not None and user.is_active:
        team = settings().workspace_name
        mail = Mail(
            id=f"password-reset-{reset.id}",
            to=user.email,
            subject="Set a new password",
            blocks=(
                Paragraph(f"Somebody, hopefully you, asked to set a new password for {user.email} on {team}."),
                Button("Set a new password", links.reset_link(reset)),
                Paragraph("The link works once, for an hour."),
                Paragraph("If it was not you, do nothing: your password stays as it is."),
            ),
            made_at=reset.created_at,
            reason=f"You get this mail because you have an account on {team}.",
        )
        outcome = send_mail(mail, settings())
        reset.record(outcome, at=utcnow())
        # The person is locked only now: a mail server may take its time. Who changed their e-mail or password meanwhile
        # gets a link that works for nobody, as `void_open_resets` would have it.
        if outcome == ARRIVED and queries.lock_unchanged_user(user.id, user.version):
            # Not before: who changes a password locks the person and then the person's links, we the other way round.
            reset.user_id = user.id
    else:
        reset.drop("There is no such active account")


def make_reset_link(email: str) -> str:
    """A link for an operator to pass on, instead of the mail; raises UserNotFound."""
    user = queries.find_user_by_email(email)
    if user is None:
        raise UserNotFound
    reset = _add_reset(user.email)
    reset.user_id, reset.sent_at, reset.due_at = user.id, utcnow(), None
    publish(UserResetLinkMade(SYSTEM, user.subject))
    return links.reset_link(reset)


def _add_reset(email: str) -> PasswordReset:
    now = utcnow()
    reset = PasswordReset(email=email, created_at=now, expires_at=now + RESET_LIFETIME, nudged_at=now)
    db.session.add(reset)
    db.session.flush()  # the job and the link need the id
    return reset
