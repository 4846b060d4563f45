"""What is offered today: one short query says which editions are current, and what they say is
kept by each process, because an edition never changes.

Nothing here is about a reader: whoever asks sees the same shelf.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from uuid import UUID

from django.db.models import Count

from clairevoie.learning.models import Edition, Level, Module, Topic, catalogue
from clairevoie.lib.prepared import PreparedRows

Place = tuple[str, UUID]  # a parcours, and its current edition

_places = PreparedRows(
    lambda: catalogue().select_related(None).defer(None).values_list("slug", "current__uuid"),
    example=(),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One published parcours, as its current edition presents it. The edition says it all."""

    edition: UUID
    slug: str = field(compare=False)
    title: str = field(compare=False)
    summary: str = field(compare=False)
    language: str = field(compare=False)
    level: str = field(compare=False)
    minutes: int = field(compare=False)
    price_cents: int = field(compare=False)
    requires: tuple[str, ...] = field(compare=False)
    topics: tuple[tuple[str, str], ...] = field(compare=False)  # code and name
    wall: tuple[int, ...] = field(compare=False)  # chapters of each module

    @property
    def level_said(self) -> str:
        return str(Level(self.level).label)

    @property
    def chapter_count(self) -> int:
        return sum(self.wall)


@dataclass(frozen=True, slots=True)
class Shelf:
    """All that is published, in the order of titles."""

    offers: dict[str, Offer]
    topics: tuple[tuple[str, str], ...]  # the commonest first

    def __iter__(self) -> Iterator[Offer]:
        return iter(self.offers.values())

    def among(self, parcours: Iterable[str]) -> list[Offer]:
        """Those of that name that are offered, in that order."""
        return [self.offers[slug] for slug in parcours if slug in self.offers]


def shelf_of_now() -> Shelf:
    """One query; three more in a process that has not seen these editions together."""
    return _shelf(tuple((slug, edition) for slug, edition in _places.get()))


@lru_cache(maxsize=2)
def _shelf(places: tuple[Place, ...]) -> Shelf:
    editions = {
        edition.uuid: edition
        for edition in Edition.objects.defer("source", "searched").filter(
            uuid__in=[edition for _slug, edition in places]
        )
    }
    numbers = [edition.pk for edition in editions.values()]
    walls, topics = _walls(numbers), _topics(numbers)
    offers = {
        slug: _offer(slug, editions[edition], topics, walls)
        for slug, edition in places
        if edition in editions
    }
    return Shelf(offers, _commonest(offers.values()))


def _offer(
    slug: str,
    edition: Edition,
    topics: dict[int, list[tuple[str, str]]],
    walls: dict[int, list[int]],
) -> Offer:
    return Offer(
        edition=edition.uuid,
        slug=slug,
        title=edition.title,
        summary=edition.summary,
        language=edition.language,
        level=edition.level,
        minutes=edition.minutes,
        price_cents=edition.price_cents,
        requires=tuple(edition.requires),
        topics=tuple(topics[edition.pk]),
        wall=tuple(walls[edition.pk]),
    )


def _walls(editions: list[int]) -> dict[int, list[int]]:
    found: defaultdict[int, list[int]] = defaultdict(list)
    modules = Module.objects.filter(edition__in=editions).order_by("edition", "position")
    counted = modules.annotate(n=Count("chapters")).values_list("edition", "n")
    for edition, number in counted:
        found[edition].append(number)
    return found


def _topics(editions: list[int]) -> dict[int, list[tuple[str, str]]]:
    found: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    topics = Topic.objects.filter(edition__in=editions).order_by("edition", "position")
    for edition, slug, name in topics.values_list("edition", "slug", "name"):
        found[edition].append((slug, name))
    return found


def _commonest(offers: Iterable[Offer]) -> tuple[tuple[str, str], ...]:
    counts: Counter[str] = Counter()
    names: dict[str, str] = {}
    for offer in offers:
        counts.update(slug for slug, _name in offer.topics)
        names.update(offer.topics)
    order = sorted(names, key=lambda slug: (-counts[slug], slug))
    return tuple((slug, names[slug]) for slug in order)
