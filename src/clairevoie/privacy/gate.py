"""The gate: may this be done with this person's data? One answer, and the same as SQL.

Consent needs a live consent; a legitimate interest, or whatever the person may mute, needs the
absence of an objection; everything needs a person who is neither restricted (but for what the
register allows), nor dead, nor erased.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from django.db import connections
from django.db.models import Exists, Max, Model, OuterRef, Q, QuerySet, Value

from clairevoie import policy
from clairevoie.lib.prepared import PreparedRows
from clairevoie.policy import Activity, Basis
from clairevoie.privacy.choices import activity_named
from clairevoie.privacy.models import Consent, DataSubject, Objection
from clairevoie.privacy.wordings import covered

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether, and why; ``because`` is a code for logs and tests, not a sentence."""

    allowed: bool
    because: str


def consented(activity: str, *, subject: str) -> Q:
    """SQL: the last word of the person on ``activity`` is yes, to what it has since become.

    One index answers. A consent covers only what was said (:mod:`clairevoie.privacy.scope`).
    """
    return Q(Exists(_last_word_is_yes(activity).filter(subject=OuterRef(subject))))


def _last_word_is_yes(activity: str) -> QuerySet[Consent]:
    words = Consent.including_restricted.filter(activity=activity)
    later = words.filter(subject=OuterRef("subject"), id__gt=OuterRef("id"))
    yes: QuerySet[Consent] = words.filter(covered(activity_named(activity)), given=True)
    return yes.filter(~Exists(later))


def objected(activity: str, *, subject: str) -> Q:
    """SQL: the last word of the person on ``activity`` is an objection."""
    words = Objection.including_restricted.filter(activity=activity)
    later = words.filter(subject=OuterRef("subject"), id__gt=OuterRef("id"))
    no = words.filter(subject=OuterRef(subject), raised=True)
    return Q(Exists(no.filter(~Exists(later))))


def permitted(queryset: QuerySet[M], activity: str, *, subject: str = "subject_id") -> QuerySet[M]:
    """The rows whose person the gate lets through, in one query.

    ``subject`` is the queryset's path to the person's id (``pk`` on :class:`DataSubject`).
    """
    entry = activity_named(activity)
    allowed = queryset.filter(_within_reach(entry, queryset.model, subject))
    if _is_about_everybody(queryset, subject) and connections[queryset.db].vendor == "sqlite":
        return _permitted_among_all(allowed, entry)
    if entry.basis is Basis.CONSENT:
        allowed = allowed.filter(consented(activity, subject=subject))
    if _can_be_opposed(entry):
        allowed = allowed.filter(~objected(activity, subject=subject))
    return allowed


def _permitted_among_all(people: QuerySet[M], entry: Activity) -> QuerySet[M]:
    """The same, where SQLite would ask person by person what is written person by person.

    It reads the greatest number of each person in one pass of the index. PostgreSQL turns the
    usual form into joins, and would search a list of those who are not in it for each person.
    """
    if entry.basis is Basis.CONSENT:
        yes = Q(covered(entry), given=True)
        people = people.filter(pk__in=_whose_last_word(Consent, entry.code, yes))
    if _can_be_opposed(entry):
        people = people.exclude(pk__in=_whose_last_word(Objection, entry.code, Q(raised=True)))
    return people


def _whose_last_word(words: type[Consent | Objection], activity: str, what: Q) -> QuerySet[Any]:
    said = words.including_restricted.filter(activity=activity)
    last = said.values("subject").annotate(last=Max("id")).values("last")
    return words.including_restricted.filter(what, id__in=last).values("subject")


def may(subject: DataSubject, activity: str) -> Decision:
    """The same question about one person, read from the database at this instant."""
    entry = activity_named(activity)
    [found] = _standing(activity, policy.current().digest).get(subject.pk) or [None]
    because = _why_not(_Standing(*found) if found else None, entry)
    return Decision(allowed=because is None, because=because or entry.basis.value)


class _Standing(NamedTuple):
    """What the database says of a person and of one activity."""

    erased_on: date | None
    deceased_on: date | None
    restricted: bool
    consented: bool
    objected: bool


@lru_cache(maxsize=128)
def _standing(activity: str, _policy: str) -> PreparedRows:
    """The question, written once: what it says of an activity is the policy's alone."""
    entry = activity_named(activity)
    yes, no = Value(value=True), Value(value=False)

    def asked(person: int) -> QuerySet[DataSubject, Any]:
        return (
            DataSubject.objects.filter(pk=person)
            .annotate(
                consented=consented(activity, subject="pk")
                if entry.basis is Basis.CONSENT
                else yes,
                objected=objected(activity, subject="pk") if _can_be_opposed(entry) else no,
            )
            .values_list(*_Standing._fields)
        )

    return PreparedRows(asked, example=(-1,), fixed=True)


def _is_about_everybody(queryset: QuerySet[Any], subject: str) -> bool:
    return _is_about_people(queryset.model, subject) and not queryset.query.where.children


def _is_about_people(model: type[Model], subject: str) -> bool:
    return model is DataSubject and subject in ("pk", "id")


def _can_be_opposed(entry: Activity) -> bool:
    return entry.basis is Basis.LEGITIMATE_INTEREST or entry.mutable or entry.prospecting


def _within_reach(entry: Activity, model: type[Model], subject: str) -> Q:
    """Alive, not erased, not locked; of people themselves their own columns say it."""
    open_ = Q(deceased_on__isnull=True, erased_on__isnull=True)
    if not entry.while_restricted:
        open_ &= Q(restricted=False)
    if _is_about_people(model, subject):
        return open_
    return Q(~Exists(DataSubject.objects.filter(~open_, id=OuterRef(subject))))


def _why_not(person: _Standing | None, entry: Activity) -> str | None:
    """The first reason to refuse, as a code; None when there is none."""
    if person is None:
        return "unknown"
    reasons = {
        "erased": person.erased_on is not None,
        "deceased": person.deceased_on is not None,
        "restricted": person.restricted and not entry.while_restricted,
        "no-consent": not person.consented,
        "objection": person.objected,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)
