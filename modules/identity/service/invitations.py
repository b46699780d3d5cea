"""Invitations: an administrator asks somebody to join with a role; the link goes by mail and works once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, func
from sqlalchemy.exc import IntegrityError

from asyncops import outbox
from asyncops.actor import Actor
from asyncops.changes import Change
from asyncops.clock import utcnow
from asyncops.database import lock
from asyncops.events import Subject, publish
from asyncops.extensions import db, settings
from asyncops.jobs import enqueue_after_commit
from asyncops.mail import Button, Mail, Paragraph, send_mail
from asyncops.pagination import Page, PageRequest
from modules.identity import policy, queries
from modules.identity.errors import AlreadyInvited, EmailTaken, InvitationInvalid, InvitationNotFound
from modules.identity.events import UserInvitationWithdrawn, UserInvited
from modules.identity.models import INVITATION_LIFETIME, Invitation
from modules.identity.service import links


def invite(actor: Actor, *, email: str, role: str) -> Any:
    """Ask somebody to join; raises EmailTaken, AlreadyInvited."""
    policy.require_admin(actor)
    if queries.find_user_by_email(email):
        raise EmailTaken
    now = utcnow()
    _forget_expired(email)
    invitation = Invitation(
        email=email,
        role=role,
        invited_by_id=actor.id,
        created_at=now,
        expires_at=now + INVITATION_LIFETIME,
        nudged_at=now,
    )
    db.session.add(invitation)
    try:
        db.session.flush()  # the index on open invitations decides
    except IntegrityError as error:
        raise AlreadyInvited from error
    publish(UserInvited(actor, _inviter(actor), (Change("invitation", None, email),)))
    enqueue_after_commit("identity.send_invitation", invitation.id)
    return invitation


def list_invitations(actor: Actor, *, page: PageRequest) -> Page:
    """Open invitations with their links; administrators only."""
    policy.require_admin(actor)
    return queries.list_invitations(page)


def withdraw_invitation(actor: Actor, invitation_id: int) -> None:
    """Take an open invitation back: its link stops working. Raises InvitationNotFound."""
    policy.require_admin(actor)
    invitation = lock(Invitation, invitation_id, InvitationNotFound)
    if invitation.accepted_at is not None:
        raise InvitationNotFound
    db.session.delete(invitation)
    publish(UserInvitationWithdrawn(actor, _inviter(actor), (Change("invitation", invitation.email, None),)))


def accept_invitation(token: str, email: str) -> str:
    """Use the invitation up and give its role; raises InvitationInvalid. Two who try at once: the row lock lets one."""
    invitation_id = links.read(links.INVITATION, token)
    if invitation_id is None:
        raise InvitationInvalid
    invitation = lock(Invitation, invitation_id, InvitationInvalid)
    good = invitation.accepted_at is None and invitation.expires_at > utcnow()
    if not good or invitation.email.casefold() != email.casefold():
        raise InvitationInvalid
    invitation.accepted_at = utcnow()
    return invitation.role


def send_invitation(invitation_id: int) -> None:
    """Write the mail of one invitation, once; a repetition after a crash writes the same mail under the same id."""
    invitation = outbox.claim(Invitation, invitation_id, Invitation.expires_at > utcnow())
    if invitation is None:
        return
    team = settings().workspace_name
    mail = Mail(
        id=f"invitation-{invitation.id}",
        to=invitation.email,
        subject=f"You are invited to {team}",
        blocks=(
            Paragraph(f"You are invited to {team}, where the team keeps its updates, incidents and decisions."),
            Button("Make your account", links.invitation_link(invitation)),
            Paragraph("The link works once, for seven days."),
        ),
        made_at=invitation.created_at,
        reason=f"You get this mail because an administrator of {team} invited you.",
    )
    invitation.record(send_mail(mail, settings()), at=utcnow())


def _forget_expired(email: str) -> None:
    expired = delete(Invitation).where(
        func.lower(Invitation.email) == func.lower(email),
        Invitation.accepted_at.is_(None),
        Invitation.expires_at <= utcnow(),
    )
    db.session.execute(expired)


def _inviter(actor: Actor) -> Subject:
    # The invited person has no account yet, so the event is about the one who invites.
    row = queries.user_row(actor.id or 0)
    return Subject("user", row.id, row.full_name)
