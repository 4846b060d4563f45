"""Changing the pepper: the former one is put aside, and what can be made again is made again.

What the platform still knows the source of (a contact, a sealed secret) gets the present pepper.
The rest – refusals of people who were erased, links in mail already sent – goes on being read
with the past ones, which are never deleted. Apps add their part in ``<app>/rekeying.py``::

    @privacy.rekeying.rekey("suppressions")
    def rekey_the_list() -> Rekeyed: ...
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import autodiscover_modules

from clairevoie.lib import peppers
from clairevoie.privacy import ledger
from clairevoie.privacy.models import SuspensionMark
from clairevoie.privacy.suspension import contact_hash

BATCH = 1_000


class PepperElsewhere(Exception):
    """Le poivre vient de CLAIREVOIE_PEPPER : changez-le là, et ajoutez l’ancien en tête de
    CLAIREVOIE_PAST_PEPPERS."""


class NoPastPepper(Exception):
    """Aucun ancien poivre : il n’y a rien à refaire."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rekeyed:
    """How many rows got the present pepper, and how many may still need a past one."""

    done: int
    left: int


Work = Callable[[], Rekeyed]
_works: dict[str, Work] = {}


def rekey(name: str) -> Callable[[Work], Work]:
    """Have ``function()`` called when the pepper has changed."""

    def register(function: Work) -> Work:
        _works[name] = function
        return function

    return register


def put_aside(*, at: datetime) -> Path:
    """The next start makes another pepper. Returns where the former is kept, for ever.

    Raises :class:`PepperElsewhere`.
    """
    kept = Path(settings.HOME) / "pepper.key"
    if not kept.exists() or kept.read_text() != settings.PEPPER:
        raise PepperElsewhere
    aside = kept.with_name(f"pepper-{len(settings.PAST_PEPPERS) + 1}.key")
    ledger.append(executor="pepper.new", at=at, facts={"past": len(settings.PAST_PEPPERS) + 1})
    kept.rename(aside)
    return aside


def rekey_everything(*, at: datetime) -> dict[str, Rekeyed]:
    """What can be made again; as often as one likes. Raises :class:`NoPastPepper`."""
    if not settings.PAST_PEPPERS:
        raise NoPastPepper
    autodiscover_modules("rekeying")
    found = {name: work() for name, work in sorted(_works.items())}
    facts = {name: {"done": each.done, "left": each.left} for name, each in found.items()}
    ledger.append(executor="pepper.rekey", at=at, facts=facts)
    return found


@rekey("suspensions")
@transaction.atomic
def rekey_suspensions() -> Rekeyed:
    """Marks whose person still has the contact; those of the erased wait for their two years."""
    done = left = 0
    rows = SuspensionMark.including_restricted.select_for_update().select_related("subject")
    for mark in rows.prefetch_related("subject__contact_points").order_by("pk"):
        points = [(point.kind, point.raw) for point in mark.subject.contact_points.all()]
        made = _made_again(mark.contact_hash, points)
        if made is None:
            left += 1
        elif made != mark.contact_hash:
            SuspensionMark.including_restricted.filter(pk=mark.pk).update(contact_hash=made)
            done += 1
    return Rekeyed(done=done, left=left)


def _made_again(found: str, points: list[tuple[str, str]]) -> str | None:
    """The same mark under the present pepper; None when no contact explains it."""
    for kind, raw in points:
        if found in {contact_hash(kind, raw, pepper=pepper) for pepper in peppers.every()}:
            return contact_hash(kind, raw)
    return None
