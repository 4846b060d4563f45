"""The rooms of the back office about people: who they are, and the measures taken."""

from clairevoie.accounts.admin import measures, persons

__all__ = ["measures", "persons"]
