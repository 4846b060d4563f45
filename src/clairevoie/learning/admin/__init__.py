"""The back-office edge: parcours, their editions, the archives that bring them, and reviews."""

from clairevoie.learning.admin import editions, parcours, reviews

__all__ = ["editions", "parcours", "reviews"]
