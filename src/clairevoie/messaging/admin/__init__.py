"""The back-office edge: what left, what waits, and letters to many."""

from clairevoie.messaging.admin import mailings, messages

__all__ = ["mailings", "messages"]
