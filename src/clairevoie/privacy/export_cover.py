"""What a pack says around the rows: who holds them, why, until when, who received them.

The articles of promises.md D.5: purposes and basis, categories, recipients actually served by
name, computed end dates, rights, source, transfers, automated decisions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property, lru_cache
from operator import itemgetter
from typing import Any, Self

from django.core.files.storage import Storage
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clairevoie import policy
from clairevoie.lib import calendar
from clairevoie.lib.speech import day_in_full
from clairevoie.policy import Basis, Clock, Recipient, Version
from clairevoie.privacy.contributions import Contribution, contributions_from
from clairevoie.privacy.declarations import Personal, Provenance, personal_declarations
from clairevoie.privacy.gathering import Category, Column, KeptCategory, gather, kept
from clairevoie.privacy.models import DataSubject, Disclosure
from clairevoie.privacy.reading import (
    FirstRows,
    Holding,
    Names,
    Row,
    holdings,
    read_together,
    stream,
)

AUTHORITY = {
    "name": "Commission nationale de l’informatique et des libertés (CNIL)",
    "post": "3 place de Fontenoy, TSA 80715, 75334 Paris cedex 07",
    "url": "https://www.cnil.fr/plaintes",
}
SHORT = 200  # rows of a category that are read at once, with those of the others
_CARRIED = (Provenance.PROVIDED, Provenance.OBSERVED)


class SubjectErased(Exception):
    """Ces données viennent d’être effacées : il n’y a plus rien à copier."""


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
    at_hand: list[tuple[Any, ...]] | None  # the rows of a short chapter, read already
    names: Mapping[str, Names]  # by column: what its keys point to

    @property
    def declaration(self) -> Personal:
        return self.category.declaration

    def all_rows(self) -> Iterable[tuple[Any, ...]]:
        """The rows, read in pages where they are many; what they point to is named."""
        rows = self.category.rows() if self.at_hand is None else self.at_hand
        return map(self._with_names, rows) if self._pointers else rows

    @cached_property
    def _pointers(self) -> dict[int, Callable[[Any], str | None]]:
        meta = self.declaration.model._meta
        return {
            position: namer(meta.get_field(column.name), self.names[column.name])
            for position, column in enumerate(self.columns)
            if column.name in self.names
        }

    def _with_names(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        values = list(row)
        for position, name in self._pointers.items():
            values[position] = name(values[position])
        return tuple(values)

    def files(self) -> Iterator[tuple[Storage, str]]:
        """The person's files; one of a short chapter costs no query."""
        if self.at_hand is None:
            yield from self.category.files()
        elif stores := self.category.stores():
            for row in self.at_hand:
                named = dict(zip((c.name for c in self.columns), row, strict=True))
                yield from ((store, named[c]) for c, store in stores.items() if named[c])

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
        """Positions of the columns the person may carry elsewhere."""
        return carried_columns(self.category)

    @cached_property
    def until(self) -> str:
        """How long the rows stay, as a sentence."""
        if self.last_day:
            return day_in_full(self.last_day)
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
        """Read all that is short, and what must be said of the rest.

        Raises :class:`SubjectErased` when nothing but archives is left.
        """
        every = list(gather(subject))
        asked = [(category.declaration, category.names) for category in every]
        read, named = read_together(asked, subject.pk, at_most=SHORT)
        first = {c.declaration.label: rows for c, rows in zip(every, read, strict=True)}
        person = _person(subject, first[DataSubject._meta.label])
        held = {label: Holding(len(f.rows), f.latest) for label, f in first.items() if f.rows}
        held |= holdings(person.pk, [label for label, f in first.items() if not f.complete])
        ends = kept(person, held, on=calendar.paris_date(at))
        served = tuple(_served(person, first[Disclosure._meta.label]))
        full = [category for category in every if category.declaration.label in held]
        chapters = tuple(
            Chapter(
                category,
                held[label].rows,
                ends.get(label),
                tuple(s for s in served if s.activity == category.declaration.activity),
                first[label].rows if first[label].complete else None,
                {column: names for (whose, column), names in named.items() if whose == label},
            )
            for category in full
            for label in (category.declaration.label,)
        )
        empty = tuple(c.declaration.heading for c in every if c.declaration.label not in held)
        return cls(person, at, chapters, empty, served)

    @property
    def version(self) -> Version:
        return policy.current().version_in_force(calendar.paris_date(self.at))

    @cached_property
    def contributions(self) -> list[Contribution]:
        """The files that apps add to what this person may carry elsewhere."""
        carried = {chapter.declaration.model for chapter in self.chapters if chapter.carried}
        return contributions_from(carried)

    @cached_property
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
    label, language = chapter.declaration.label, get_language() or "fr"
    same = _same_for_everybody(label, language, policy.current().digest)
    return {
        **same,
        "count": chapter.rows,
        "retention": {**same["retention"], "last_day": chapter.last_day},
        "recipients_served": sorted({served.name for served in chapter.served}),
    }


@cache
def _same_for_everybody(label: str, _language: str, _policy: str) -> dict[str, Any]:
    """What does not depend on the person, composed once a language and a policy."""
    category = nobodys(label)
    activity, rule, known = category.activity, category.rule, policy.current().recipients
    carried = carried_columns(category)
    return {
        "code": label.lower(),
        "title": category.declaration.heading,
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
            "survives_erasure": rule.outlives_erasure,
        },
        "processors": [known[code].name for code in activity.recipients if known[code].active],
        "portable": bool(carried),
        "columns": [
            {
                "name": column.name,
                "title": column.title,
                "provenance": column.provenance,
                "source": column.source or None,
                "portable": position in carried,
            }
            for position, column in enumerate(category.columns)
        ],
    }


def namer(pointer: Any, known: Names) -> Callable[[Any], str | None]:
    """Says what a key points to; what is not ``known`` is looked up."""
    column, there = pointer.target_field.name, pointer.related_model._base_manager

    @lru_cache(maxsize=500)
    def name(key: Any) -> str | None:
        if key is None or key in known:
            return known.get(key)
        return str(found) if (found := there.filter(**{column: key}).first()) else None

    return name


def nobodys(label: str) -> Category:
    """The category of a table without a person: what is said of everybody's rows."""
    declaration = next(d for d in personal_declarations() if d.label == label)
    return Category(declaration, DataSubject())


def carried_columns(category: Category) -> tuple[int, ...]:
    """Positions of the columns the person may carry elsewhere (art. 20, WP 242)."""
    due = category.activity.basis in (Basis.CONSENT, Basis.CONTRACT)
    if not due and not category.declaration.carried:
        return ()
    return tuple(i for i, c in enumerate(category.columns) if c.provenance in _CARRIED)


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


def _person(subject: DataSubject, hub: FirstRows) -> DataSubject:
    """The person as of the snapshot: the hub's own row is among what was read."""
    columns = nobodys(DataSubject._meta.label).names
    for row in hub.rows:
        person = DataSubject(pk=subject.pk, **dict(zip(columns, row, strict=True)))
        if person.erased_on is None:
            return person
    raise SubjectErased


def _served(subject: DataSubject, first: FirstRows) -> Iterator[Served]:
    """Acts of giving out, by recipient, activity and fields; counted here when they are few."""
    known = policy.current().recipients
    for (code, activity, fields), (times, last_on) in sorted(_acts(subject, first).items()):
        yield Served(known.get(code), code, activity, fields, times, last_on)


def _acts(subject: DataSubject, first: FirstRows) -> dict[tuple[str, str, str], tuple[int, date]]:
    """How often and when last. Counted as they are read, because SQLite would sort them all in
    memory to count them itself."""
    category = nobodys(Disclosure._meta.label)
    rows: Iterable[Row] = first.rows
    if not first.complete:
        rows = stream(category.declaration, category.names, subject.pk)
    place = {name: position for position, name in enumerate(category.names)}
    parts = itemgetter(*(place[name] for name in ("recipient", "activity", "fields")))
    found: dict[tuple[str, str, str], tuple[int, date]] = {}
    for row in rows:
        act, day = parts(row), row[place["disclosed_on"]]
        times, last = found.get(act, (0, day))
        found[act] = (times + 1, max(last, day))
    return found


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
