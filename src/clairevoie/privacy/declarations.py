"""What each table holds about people, said beside the table and proved by ``checks.py``.

An app writes one ``privacy.py`` that calls :func:`declare`; tables of third parties answer
through the app that uses them. Declarations say *what* and *where*; the policy says *why*
and *how long*; the engine *does*.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.db.models import Field, Model, Q, UUIDField
from django.utils.translation import gettext

from clairevoie.privacy.models import DataSubject


class Provenance(StrEnum):
    """Where a value comes from (P-010)."""

    PROVIDED = "provided"
    OBSERVED = "observed"
    DERIVED = "derived"
    THIRD_PARTY = "third-party"


@dataclass(frozen=True, slots=True)
class Personal:
    """A table whose every row is about one person.

    ``subject`` is the path of fields that leads to the person (``subject``, ``user``,
    ``email_address__user``), or a column that holds a copy of their public number: such a row
    has no key to anybody and stands alone once the person is erased. ``keep`` is the retention
    rule; ``clock`` names the date column when it is not the one the rule names. Every other
    column stands in exactly one of the lists: ``provided``, ``observed``, ``derived``,
    ``third_party`` (column → source) are exported; ``secret`` (hashes, tokens) and ``technical``
    (states, counters) are erased but never exported; ``mentions`` are keys to *another* person,
    set to NULL when that one goes.
    ``files`` names the columns, among those, that point to a stored file. ``title`` and
    ``labels`` are French msgids; ``labels`` names columns of third parties, whose own words
    are not ours. ``indexed`` names columns of theirs that a migration of ours indexes.
    ``carried`` gives the person these rows to carry elsewhere where the law does not ask for it
    (a legitimate interest: GDPR art. 20 stops at consent and contract).
    """

    model: type[Model]
    activity: str = field(kw_only=True)
    keep: str = field(kw_only=True)
    subject: str = field(default="subject", kw_only=True)
    title: str = field(default="", kw_only=True)
    labels: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    provided: tuple[str, ...] = field(default=(), kw_only=True)
    observed: tuple[str, ...] = field(default=(), kw_only=True)
    derived: tuple[str, ...] = field(default=(), kw_only=True)
    third_party: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    secret: tuple[str, ...] = field(default=(), kw_only=True)
    technical: tuple[str, ...] = field(default=(), kw_only=True)
    mentions: tuple[str, ...] = field(default=(), kw_only=True)
    files: tuple[str, ...] = field(default=(), kw_only=True)
    clock: str | None = field(default=None, kw_only=True)
    indexed: tuple[str, ...] = field(default=(), kw_only=True)
    carried: bool = field(default=False, kw_only=True)

    @property
    def label(self) -> str:
        """The model's name as in ``surveys.Answer``."""
        return self.model._meta.label

    @property
    def by_number(self) -> bool:
        """The row copies its person's public number: no key of the database leads there."""
        return isinstance(self.model._meta.get_field(self.subject.split("__")[0]), UUIDField)

    def of(self, subject_id: int) -> Q:
        """SQL for «is this person's row»."""
        if not self.by_number:
            return Q(**{self.subject: subject_id})
        number = DataSubject.objects.filter(pk=subject_id).values("uuid")
        return Q(**{f"{self.subject}__in": number})

    @property
    def heading(self) -> str:
        """What the person reads above these rows."""
        return gettext(self.title or str(self.model._meta.verbose_name_plural))

    def label_of(self, column: str) -> str:
        """What the person reads above a column."""
        named = self.model._meta.get_field(column)
        assert isinstance(named, Field), f"{self.label}.{column} is no column"
        return gettext(self.labels.get(column) or str(named.verbose_name))

    def provenance_of(self, column: str) -> Provenance | None:
        """Where an exported column comes from; None for what is not exported."""
        for provenance in (Provenance.PROVIDED, Provenance.OBSERVED, Provenance.DERIVED):
            if column in getattr(self, provenance.value):
                return provenance
        return Provenance.THIRD_PARTY if column in self.third_party else None

    @property
    def listed(self) -> tuple[str, ...]:
        """Every column that some list names, with repetitions, so that a check sees them."""
        return (
            *self.provided,
            *self.observed,
            *self.derived,
            *self.third_party,
            *self.secret,
            *self.technical,
            *self.mentions,
        )


@dataclass(frozen=True, slots=True)
class Impersonal:
    """A table that says nothing of anybody, with the reason.

    ``columns`` gives the reason of each column that looks personal all the same.
    """

    model: type[Model]
    because: str = field(kw_only=True)
    columns: Mapping[str, str] = field(default_factory=dict, kw_only=True)

    @property
    def label(self) -> str:
        return self.model._meta.label


@dataclass(frozen=True, slots=True)
class Unlinked:
    """A table about people whom nothing leads to: a visitor's random number, and no account.

    No export or erasure can find anybody in it; its ``keep`` rule, whose clock is a date of the
    record, ends its rows all the same. ``columns`` gives the reason of each column that looks
    personal. A key to a person is refused: rows that have one are :class:`Personal`.
    """

    model: type[Model]
    activity: str = field(kw_only=True)
    keep: str = field(kw_only=True)
    because: str = field(kw_only=True)
    columns: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    clock: str | None = field(default=None, kw_only=True)
    indexed: tuple[str, ...] = field(default=(), kw_only=True)

    @property
    def label(self) -> str:
        return self.model._meta.label


Declaration = Personal | Impersonal | Unlinked


class AlreadyDeclared(Exception):
    """Two declarations for one table: one of them is wrong."""


_declared: dict[type[Model], Declaration] = {}


def declare(*declarations: Declaration) -> None:
    """Register what tables hold. Raises :class:`AlreadyDeclared` on a second word."""
    for declaration in declarations:
        if declaration.model in _declared:
            raise AlreadyDeclared(declaration.label)
        _declared[declaration.model] = declaration


def declaration_of(model: type[Model]) -> Declaration | None:
    """The word on a table, if any was given."""
    return _declared.get(model)


def declarations() -> Iterator[Declaration]:
    """Every declaration, in the order given."""
    yield from _declared.values()


def personal_declarations() -> Iterator[Personal]:
    """Every table about people."""
    return (d for d in _declared.values() if isinstance(d, Personal))


def unlinked_declarations() -> Iterator[Unlinked]:
    """Every table about people whom nothing leads to."""
    return (d for d in _declared.values() if isinstance(d, Unlinked))
