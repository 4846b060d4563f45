"""The back-office edge: letters, topics, files of addresses; each button calls one action."""

from clairevoie.newsletter.admin import imports, letters, topics

__all__ = ["imports", "letters", "topics"]
