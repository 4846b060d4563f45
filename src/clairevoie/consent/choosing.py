"""A person chooses: one row of proof, and the cookie to give them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final
from uuid import UUID, uuid4

from django.db import connection, transaction

from clairevoie import policy
from clairevoie.consent import trackers
from clairevoie.consent.choices_cookie import Choice, Choices, Word
from clairevoie.consent.models import ShownText, Surface, TrackerChoice
from clairevoie.consent.wording import Shown
from clairevoie.lib.calendar import paris_date

_FIELDS: Final = TrackerChoice._meta.concrete_fields
# Texts this process has seen in the database: one write each, not one a choice.
_kept: set[str] = set()


class UnknownTracker(Exception):
    """Ce traceur ou cette catégorie n’existe pas ici. Votre choix n’a pas été changé."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person decides: ``about`` these trackers, these are ``accepted``, the rest refused.

    Codes of the policy; those that are not served today are left out of the choice.
    """

    about: frozenset[str]
    accepted: frozenset[str]


def wish(*, about: Collection[str], accepted: Collection[str]) -> Wish:
    """Raises :class:`UnknownTracker` for a code that the policy does not have."""
    known = policy.current().trackers.keys()
    if not (set(about) | set(accepted)) <= known:
        raise UnknownTracker
    return Wish(about=frozenset(about), accepted=frozenset(accepted) & frozenset(about))


def of_category(category: str) -> frozenset[str]:
    """Codes of the optional trackers of one category. Raises :class:`UnknownTracker`."""
    every = policy.current().trackers.values()
    found = frozenset(t.code for t in every if t.category == category and t.optional)
    if not found:
        raise UnknownTracker
    return found


def choose(*, wish: Wish, before: Choices, surface: Surface, shown: Shown, at: datetime) -> Choice:
    """Record a choice and return what the device will remember.

    One INSERT: the night's step writes one line of the ledger for all choices of a day.
    The account of a signed-in person is not looked at: the choice is the device's.
    """
    on = paris_date(at)
    marks = trackers.register(on).fingerprints
    said = {
        code: Word(code, marks[code], on, code in wish.accepted, under_gpc=before.gpc)
        for code in sorted(wish.about & marks.keys())
    }
    if not said:
        raise UnknownTracker
    number = uuid4()
    _keep_text(shown, at)
    proof = _proof(number, said, before, shown)
    proof.surface, proof.chosen_at, proof.chosen_on = surface, at, on
    _insert(proof)
    held = {c: w for c, w in before.live.items() if c not in said}
    digest = policy.current().digest
    return Choice({**held, **said}, number.hex, shown.sha256[:16], digest[:16])


@cache
def _statement(vendor: str) -> str:
    """``vendor`` keys the memory: each engine quotes names its own way."""
    del vendor
    names = [connection.ops.quote_name(str(field.column)) for field in _FIELDS]
    table = connection.ops.quote_name(TrackerChoice._meta.db_table)
    marks = ", ".join(["%s"] * len(names))
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608  # our own names


def _insert(proof: TrackerChoice) -> None:
    """As ``proof.save(force_insert=True)``, which writes the same statement anew each time and
    takes half as long again as the whole choice (bench.banner)."""
    values = [
        field.get_db_prep_save(getattr(proof, field.attname), connection) for field in _FIELDS
    ]
    with connection.cursor() as cursor:
        cursor.execute(_statement(connection.vendor), values)


def _proof(number: UUID, said: dict[str, Word], before: Choices, shown: Shown) -> TrackerChoice:
    refused = [code for code, word in said.items() if not word.accepted]
    return TrackerChoice(
        number=number,
        accepted=" ".join(code for code, word in said.items() if word.accepted),
        refused=" ".join(refused),
        withdrawn=" ".join(code for code in refused if before.allows(code)),
        replaces=UUID(before.choice_id) if before.choice_id else None,
        gpc=before.gpc,
        text_hash=shown.sha256,
        policy_hash=policy.current().digest,
    )


def _keep_text(shown: Shown, at: datetime) -> None:
    if shown.sha256 in _kept:
        return
    row = ShownText(
        sha256=shown.sha256,
        language=shown.language,
        text=shown.text,
        first_shown_on=paris_date(at),
    )
    ShownText.objects.bulk_create([row], ignore_conflicts=True)
    transaction.on_commit(lambda: _kept.add(shown.sha256))
