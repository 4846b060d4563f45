"""The order of the catalogue for a member: a published rule, and the switch that stops it.

docs/reference/recommendations.md says it in words (P-012). Whoever switched it off gets the order
of everybody, and nothing they followed is read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from clairevoie import privacy
from clairevoie.learning.models import Enrolment
from clairevoie.learning.shelf import Offer, Shelf
from clairevoie.lib.prepared import PreparedRows
from clairevoie.privacy.models import DataSubject

ACTIVITY: Final = "personalisation"
_enrolled = PreparedRows(
    lambda subject: (
        Enrolment.objects.filter(subject=subject)
        .order_by("id")
        .values_list("parcours_id", "finished_at")
    ),
    example=(-1,),
    fixed=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taste:
    """Codes of parcours, as they matter to one person."""

    next: Collection[str]  # advise to begin with one that the person finished
    akin: Collection[str]  # share a topic with one that they follow or followed
    known: Collection[str]  # those that they follow or followed


def taste_of(subject: DataSubject, shelf: Shelf) -> Taste | None:
    """What to put forward; None for whoever said no, and for whoever follows nothing yet.

    Two queries, the second only for whoever agrees."""
    if not privacy.may(subject, ACTIVITY).allowed:
        return None
    known = dict(_enrolled.get(subject.pk))
    if not known:
        return None
    finished = {slug for slug, at in known.items() if at is not None}
    liked = _topics(offer for offer in shelf if offer.slug in known)
    return Taste(
        next={offer.slug for offer in shelf if not finished.isdisjoint(offer.requires)},
        akin={offer.slug for offer in shelf if not liked.isdisjoint(_topics([offer]))},
        known=known,
    )


def _topics(offers: Iterable[Offer]) -> set[str]:
    return {slug for offer in offers for slug, _name in offer.topics}


def ordered(offers: Iterable[Offer], taste: Taste | None) -> list[Offer]:
    """What follows from what they finished, what is akin, the rest, what they know already."""
    if taste is None:
        return list(offers)

    def rank(offer: Offer) -> int:
        if offer.slug in taste.known:
            return 3
        if offer.slug in taste.next:
            return 0
        return 1 if offer.slug in taste.akin else 2

    return sorted(offers, key=rank)  # stable: by title within each
