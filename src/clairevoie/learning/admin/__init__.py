"""The back-office edge: parcours, their editions, who follows them, and reviews."""

from clairevoie.learning.admin import cohorts, editions, enrolments, packages, parcours, reviews

__all__ = ["cohorts", "editions", "enrolments", "packages", "parcours", "reviews"]
