"""Two tables: counts that single nobody out, and visits of those who agreed to be recognised.

Neither has, or may have, a column that leads to an account (P-041).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import ClassVar, NamedTuple

from django.db import connection, models
from django.utils.translation import gettext_lazy as _


class Family(models.TextChoices):
    """The four things that the policy names, and no fifth (P-039)."""

    PAGE = "page", _("pages vues")
    VISIT = "visit", _("visites")
    ACTIVITY = "activity", _("activité")
    RETURN = "return", _("fréquence de retour")


class Cell(NamedTuple):
    """What one count is about."""

    day: date
    family: Family
    what: str


class CountQuerySet(models.QuerySet["Count"]):
    """Counts, read by range of days."""

    def between(self, first: date, last: date) -> CountQuerySet:
        return self.filter(day__range=(first, last))

    def add(self, counts: Mapping[Cell, int]) -> None:
        """Add to many cells in one statement; several processes may add at once."""
        if not counts:
            return
        table = connection.ops.quote_name(self.model._meta.db_table)
        # In one order for everybody: two writers never wait for each other.
        rows = sorted((*cell, n) for cell, n in counts.items())
        marks = ", ".join(["(%s, %s, %s, %s)"] * len(rows))
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} (day, family, what, n) VALUES {marks} "  # noqa: S608  # quoted
                f"ON CONFLICT (family, day, what) DO UPDATE SET n = {table}.n + excluded.n",
                [value for row in rows for value in row],
            )


class Count(models.Model):
    """How often something was seen on one day: an aggregate from its first second."""

    day = models.DateField(_("jour"))
    family = models.CharField(_("mesure"), max_length=8, choices=Family)
    what = models.CharField(
        _("objet"), max_length=120, help_text="A route, an hour, a way in, an interval."
    )
    n = models.PositiveIntegerField(_("nombre"))

    objects = CountQuerySet.as_manager()

    class Meta:
        verbose_name = _("comptage")
        verbose_name_plural = _("comptages")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["family", "day", "what"], name="count_of_a_day"),
            models.CheckConstraint(
                condition=models.Q(family__in=Family.values), name="count_family_is_closed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.family} {self.what}"


class Visit(models.Model):
    """One visit of a browser whose owner agreed to be recognised when coming back.

    ``visitor`` is drawn at random, lives thirteen months in the cookie and is never renewed.
    """

    visitor = models.UUIDField(_("numéro de visiteur"))
    happened_at = models.DateTimeField(_("le"))

    class Meta:
        verbose_name = _("visite mesurée")
        verbose_name_plural = _("visites mesurées")
        indexes: ClassVar = [
            models.Index(fields=["visitor", "happened_at"], name="visit_whose"),
            models.Index(fields=["happened_at", "id"], name="visit_clock"),
        ]

    def __str__(self) -> str:
        return f"visit {self.pk}"
