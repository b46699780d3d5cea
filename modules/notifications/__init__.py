"""Notifications: who is told of what, in the inbox, by mail and by chat, once for each act."""
