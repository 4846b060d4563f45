"""Files that apps add to what a person may carry elsewhere, in the formats of their own trade.

An app registers a file beside its declarations, in its ``privacy.py``. The engine knows neither
the app nor the format: it asks for text, piece by piece, and writes it as it comes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import Model
from django.utils.functional import Promise

from clairevoie.privacy.models import DataSubject


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """``portabilite/<name>``, made of the rows of some tables.

    It is written for whoever has a row in one of them that may be carried elsewhere (GDPR
    art. 20). ``pieces`` reads in the snapshot of the whole copy, and holds no list of rows.
    ``says`` is the sentence that the person reads about the file.
    """

    name: str
    of: tuple[type[Model], ...]
    says: Promise
    pieces: Callable[[DataSubject], Iterator[str]]


_contributions: dict[str, Contribution] = {}


class AlreadyContributed(Exception):
    """Two files of one name: one would hide the other."""


def contribute(contribution: Contribution) -> None:
    """Add a file to every copy. Raises :class:`AlreadyContributed`."""
    if contribution.name in _contributions:
        raise AlreadyContributed(contribution.name)
    _contributions[contribution.name] = contribution


def contributions_from(carried: set[type[Model]]) -> list[Contribution]:
    """The files that a person's ``carried`` tables make, by name."""
    found = (one for one in _contributions.values() if not carried.isdisjoint(one.of))
    return sorted(found, key=lambda one: one.name)
