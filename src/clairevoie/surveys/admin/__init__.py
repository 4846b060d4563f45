"""The back-office edge: rooms that show, buttons that each call one action."""

from clairevoie.surveys.admin import reviews, surveys

__all__ = ["reviews", "surveys"]
