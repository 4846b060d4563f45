"""What a pack says around the rows: who holds them, why, until when, who received them.

The articles of promises.md D.5: purposes and basis, categories, recipients actually served by
name, computed end dates, rights, source, transfers, automated decisions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Self

from django.db.models import Count, Max
from django.utils.translation import gettext as _

from clairevoie import policy
from clairevoie.lib import calendar
from clairevoie.lib.text import long_date
from clairevoie.policy import Basis, Clock, Recipient, Version
from clairevoie.privacy.declarations import Personal, Provenance
from clairevoie.privacy.erasure import count_rows
from clairevoie.privacy.gathering import Category, Column, KeptCategory, gather, kept_until
from clairevoie.privacy.models import DataSubject, Disclosure
from clairevoie.privacy.tables import tables

AUTHORITY = {
    "name": "Commission nationale de l’informatique et des libertés (CNIL)",
    "post": "3 place de Fontenoy, TSA 80715, 75334 Paris cedex 07",
    "url": "https://www.cnil.fr/plaintes",
}
_CARRIED = (Provenance.PROVIDED, Provenance.OBSERVED)


@dataclass(frozen=True, slots=True)
class Served:
    """A recipient who really received data, and what."""

    recipient: Recipient | None
    code: str
    activity: str
    fields: str
    times: int
    last_on: date

    @property
    def name(self) -> str:
        """A former recipient keeps its code when recipients.toml knows it no more."""
        return self.recipient.name if self.recipient else self.code


@dataclass(frozen=True)
class Chapter:
    """One category that has rows, with all that must be said of it."""

    category: Category
    rows: int
    kept: KeptCategory | None
    served: tuple[Served, ...]

    @property
    def declaration(self) -> Personal:
        return self.category.declaration

    @property
    def code(self) -> str:
        return self.declaration.label.lower()

    @property
    def last_day(self) -> date | None:
        return self.kept.last_day if self.kept else None

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        return self.category.columns

    @cached_property
    def carried(self) -> tuple[int, ...]:
        """Positions of the columns the person may carry elsewhere (art. 20, WP 242)."""
        if self.category.activity.basis not in (Basis.CONSENT, Basis.CONTRACT):
            return ()
        return tuple(i for i, c in enumerate(self.columns) if c.provenance in _CARRIED)

    def processors(self) -> tuple[Recipient, ...]:
        """Active recipients of the activity, whether or not something left already."""
        known = policy.current().recipients
        return tuple(
            known[code]
            for code in self.category.activity.recipients
            if code in known and known[code].active
        )

    def until(self) -> str:
        """How long the rows stay, as a sentence."""
        if self.last_day:
            return long_date(self.last_day)
        if self.category.rule.clock is Clock.LAST_PURPOSE:
            return _("tant qu’une autre de vos données est conservée")
        return _("tant que vous utilisez ce service")


@dataclass(frozen=True)
class Cover:
    """One person's pack, before the rows are read."""

    subject: DataSubject
    at: datetime
    chapters: tuple[Chapter, ...]
    empty: tuple[str, ...]  # titles of categories in which nothing is held
    served: tuple[Served, ...]

    @classmethod
    def of(cls, subject: DataSubject, *, at: datetime) -> Self:
        """Read what is needed to say everything but the rows."""
        on = calendar.paris_date(at)
        counts = {DataSubject._meta.label: 1, **count_rows(subject.pk, tables())}
        kept = {category.title: category for category in kept_until(subject, on=on)}
        served = tuple(_served(subject)) if counts.get(Disclosure._meta.label) else ()
        chapters, empty = [], []
        for category in gather(subject):
            declaration = category.declaration
            rows = counts.get(declaration.label, 0)
            if not rows:
                empty.append(declaration.heading)
                continue
            told = tuple(s for s in served if s.activity == declaration.activity)
            chapters.append(Chapter(category, rows, kept.get(declaration.heading), told))
        return cls(subject, at, tuple(chapters), tuple(empty), served)

    @property
    def version(self) -> Version:
        return policy.current().version_in_force(calendar.paris_date(self.at))

    def as_json(self) -> dict[str, Any]:
        """Everything but ``categories`` (docs/reference/export.schema.json)."""
        organisation, version = policy.current().organisation, self.version
        return {
            "format": "clairevoie-export/1",
            "made_at": self.at,
            "subject": self.subject.uuid,
            "controller": {
                "name": organisation.name,
                "address": _address(),
                "siret": organisation.siret,
                "email": organisation.contact_email,
                "data_protection_officer": organisation.officer.email,
            },
            "policy": {
                "version": version.number,
                "published_on": version.published_on,
                "effective_on": version.effective_on,
                "sha256": version.sha256,
                "digest": policy.current().digest,
            },
            "rights": [{"right": right, "how": how} for right, how in rights()],
            "supervisory_authority": AUTHORITY,
            "automated_decisions": automated_decisions(),
            "recipients": [_recipient_json(code, acts) for code, acts in self.by_recipient()],
            "empty_categories": self.empty,
        }

    def by_recipient(self) -> Iterator[tuple[str, list[Served]]]:
        """Acts of giving out, by recipient."""
        found = defaultdict(list)
        for served in self.served:
            found[served.code].append(served)
        yield from sorted(found.items())


def chapter_json(chapter: Chapter) -> dict[str, Any]:
    """One category without its rows and files."""
    activity, rule = chapter.category.activity, chapter.category.rule
    return {
        "code": chapter.code,
        "title": chapter.declaration.heading,
        "count": chapter.rows,
        "activity": {
            "code": activity.code,
            "title": activity.title,
            "purposes": activity.purposes,
            "basis": activity.basis,
            "basis_detail": activity.basis_detail,
            "sources": activity.sources,
            "transfers": activity.transfers,
        },
        "retention": {
            "code": rule.code,
            "title": rule.title,
            "duration": str(rule.duration) if rule.duration else None,
            "because": rule.because,
            "last_day": chapter.last_day,
            "survives_erasure": rule.outlives_erasure,
        },
        "recipients_served": sorted({served.name for served in chapter.served}),
        "processors": [recipient.name for recipient in chapter.processors()],
        "portable": bool(chapter.carried),
        "columns": [
            {
                "name": column.name,
                "title": column.title,
                "provenance": column.provenance,
                "source": column.source or None,
                "portable": position in chapter.carried,
            }
            for position, column in enumerate(chapter.columns)
        ],
    }


def rights() -> tuple[tuple[str, str], ...]:
    """What the person may do, each with a verb and the way to do it (art. 15(1)(e))."""
    return (
        (_("Corriger"), _("Faites rectifier ou compléter ce qui est inexact (RGPD, art. 16).")),
        (_("Effacer"), _("Fermez votre compte ou demandez l’effacement (RGPD, art. 17).")),
        (_("Limiter"), _("Faites verrouiller vos données le temps d’un examen (RGPD, art. 18).")),
        (
            _("Emporter"),
            _(
                "Le dossier « portabilite » contient ce que vous pouvez confier à un autre "
                "organisme (RGPD, art. 20)."
            ),
        ),
        (
            _("Vous opposer"),
            _(
                "À la prospection sans motif, aux autres usages fondés sur l’intérêt légitime "
                "pour une raison tenant à votre situation (RGPD, art. 21)."
            ),
        ),
        (
            _("Retirer un consentement"),
            _("À tout moment, aussi simplement que vous l’avez donné (RGPD, art. 7)."),
        ),
        (
            _("Décider de l’après"),
            _(
                "Donnez des directives sur le sort de vos données après votre mort (loi "
                "Informatique et Libertés, art. 85)."
            ),
        ),
    )


def automated_decisions() -> str:
    """Art. 15(1)(h)."""
    return _("Aucune décision qui vous concerne n’est prise par un programme seul.")


def _address() -> str:
    organisation = policy.current().organisation
    return f"{organisation.street}, {organisation.postcode} {organisation.town}"


def _served(subject: DataSubject) -> Iterator[Served]:
    known = policy.current().recipients
    acts = (
        Disclosure.including_restricted.filter(subject=subject)
        .values_list("recipient", "activity", "fields")
        .annotate(times=Count("id"), last_on=Max("disclosed_on"))
        .order_by("recipient", "activity", "fields")
    )
    for code, activity, fields, times, last_on in acts:
        yield Served(known.get(code), code, activity, fields, times, last_on)


def _recipient_json(code: str, acts: list[Served]) -> dict[str, Any]:
    recipient = acts[0].recipient
    return {
        "code": code,
        "name": acts[0].name,
        "role": recipient.role if recipient else None,
        "service": recipient.service if recipient else None,
        "countries": recipient.countries_stored if recipient else (),
        "safeguard": recipient.safeguard if recipient else None,
        "received": [
            {
                "activity": act.activity,
                "fields": act.fields.split(","),
                "times": act.times,
                "last_on": act.last_on,
            }
            for act in acts
        ],
    }
