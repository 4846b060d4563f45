"""What the public's pages of parcours say alike to all, drawn once for each language.

An edition never changes; beside it a page depends on the figures in force, and says them. What
is somebody's (the way in, what learners wrote) is put in by the page, and kept by nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from clairevoie.learning.forms import CatalogueForm
from clairevoie.learning.models import Edition, Module, Parcours, Topic, catalogue, outline_of
from clairevoie.learning.results import Results, Shown, figures_of, gathered
from clairevoie.learning.shelf import Offer, shelf_of_now
from clairevoie.lib.calendar import paris_date
from clairevoie.lib.prepared import Prepared

Topics = tuple[tuple[str, str], ...]

_offered: Prepared[Parcours] = Prepared(
    lambda slug: (
        catalogue()
        .defer(None)
        .only("slug", "way", "published", "published_at", "current__uuid")
        .filter(slug=slug)
    ),
    example=("slug",),
)


# --- The catalogue ------------------------------------------------------------------------------


def card(offer: Offer, results: Results) -> SafeString:
    """A parcours among others."""
    return _card(offer, get_language(), results.satisfaction, results.success)


@lru_cache(maxsize=512)
def _card(
    offer: Offer, _language: str | None, satisfaction: Shown | None, success: Shown | None
) -> SafeString:
    told = [figure for figure in (satisfaction, success) if figure]
    context = {"offer": offer, "results": gathered(told)}
    return render_to_string("learning/parcours/offer.html", context)


def search(form: CatalogueForm) -> SafeString:
    """The form, with what somebody asked: never kept."""
    return render_to_string("learning/parcours/search.html", {"form": form})


def empty_search(topics: Topics) -> SafeString:
    """The form of whoever asks nothing yet."""
    return _empty_search(topics, get_language())


@lru_cache(maxsize=8)
def _empty_search(topics: Topics, _language: str | None) -> SafeString:
    return search(CatalogueForm(topics=topics))


# --- One parcours -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The page of a parcours, cut where something else goes."""

    title: str
    summary: str
    language: str
    above: SafeString  # then the way in
    below: SafeString  # then figures and reviews
    figures: SafeString
    programme: SafeString


def offered(slug: str) -> Parcours | None:
    """A published parcours, and of its edition the number alone: one query."""
    return _offered.get(slug)


def sheet_of(parcours: Parcours) -> Sheet:
    """Of a published parcours: one query, two where another is advised before."""
    assert parcours.current is not None
    assert parcours.published_at is not None
    edition = parcours.current.uuid
    return _sheet(
        edition,
        get_language(),
        paris_date(parcours.published_at),
        figures_of(parcours.slug),
        _before(edition),
    )


def _before(edition: UUID) -> tuple[tuple[str, str], ...]:
    """Address and title of those that are advised before, where they are published."""
    requires = _contents(edition).edition.requires
    if not requires:
        return ()
    return tuple((offer.slug, offer.title) for offer in shelf_of_now().among(requires))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Contents:
    edition: Edition
    modules: list[Module]
    topics: list[Topic]


@lru_cache(maxsize=64)
def _contents(edition: UUID) -> _Contents:
    found = Edition.objects.defer("source", "searched").get(uuid=edition)
    return _Contents(edition=found, modules=outline_of(found), topics=list(found.topics.all()))


@lru_cache(maxsize=128)
def _sheet(
    number: UUID,
    _language: str | None,
    day: date,
    figures: tuple[Shown, ...],
    before: tuple[tuple[str, str], ...],
) -> Sheet:
    contents = _contents(number)
    context: dict[str, Any] = {
        "edition": contents.edition,
        "modules": contents.modules,
        "wall": [len(module.chapters.all()) for module in contents.modules],
        "topics": contents.topics,
        "before": before,
        "day": day,
        "results": gathered(figures),
    }
    head = render_to_string("learning/parcours/head.html", context)
    above, below = (mark_safe(part) for part in head.split("<!--begin-->"))  # noqa: S308  # a template
    figures_said = render_to_string("learning/parcours/figures.html", context)
    return Sheet(
        title=contents.edition.title,
        summary=contents.edition.summary,
        language=contents.edition.language,
        above=above,
        below=below,
        figures=figures_said,
        programme=render_to_string("learning/parcours/programme.html", context),
    )
