"""Outgoing mail: a letter is made of blocks, and each mail stays one message over all its attempts."""

from asyncops.mail.blocks import Block, Button, Heading, Items, Link, Paragraph, Quote
from asyncops.mail.message import Mail
from asyncops.mail.sending import send_mail

__all__ = ["Block", "Button", "Heading", "Items", "Link", "Mail", "Paragraph", "Quote", "send_mail"]
