"""The back-office edge: parcours, their editions, and the archives that bring them."""

from clairevoie.learning.admin import editions, parcours

__all__ = ["editions", "parcours"]
