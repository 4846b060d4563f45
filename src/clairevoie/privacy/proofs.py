"""What stays of a consent when its person is erased: the proof that it was given (art. 7(1)).

Who was erased is known to nobody here; who kept a receipt can still show, for five years after
the consent ended, that what it says is what was recorded (rule ``consent-proof``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, DateField, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, TruncDate

from clairevoie import policy
from clairevoie.lib import calendar
from clairevoie.privacy.models import Consent, ConsentProof
from clairevoie.privacy.tables import execute, quoted

RULE = "consent-proof"
_COLUMNS = (
    *("record", "person", "activity", "text_hash", "fingerprint"),
    *("given_at", "withdrawn_at", "ended_on"),
)


def keep_proofs(people: Sequence[int], *, on: date) -> int:
    """Before the consents of these people go: one statement, whatever their number.

    A consent ends with the withdrawal, with the next one given to other words, or ``on``, with
    its person. What ended so long ago that its proof would leave tonight leaves none.
    """
    chosen, parameters = _ended(people, on=on).query.sql_with_params()
    columns = ", ".join(map(quoted, _COLUMNS))
    return execute(
        f"INSERT INTO {quoted(ConsentProof._meta.db_table)} ({columns}) "  # our names
        f"SELECT {', '.join(f'p.{quoted(name)}' for name in _COLUMNS)} FROM ({chosen}) p "
        "WHERE true ON CONFLICT DO NOTHING",  # a backup may bring back who was erased before
        parameters,
    )


def _ended(people: Sequence[int], *, on: date) -> QuerySet[Any]:
    later = Consent.including_restricted.filter(
        subject=OuterRef("subject"), activity=OuterRef("activity"), id__gt=OuterRef("id")
    ).order_by("id")
    following = Subquery(later.values("at")[:1])
    withdrawn = Case(When(next_given=False, then=F("next_at")), default=None)
    end = Coalesce(
        TruncDate("next_at", tzinfo=calendar.PARIS), Value(on), output_field=DateField()
    )
    given: QuerySet[Consent] = Consent.including_restricted.filter(
        subject__in=list(people), given=True
    )
    ended: QuerySet[Any] = (
        given.annotate(next_at=following, next_given=Subquery(later.values("given")[:1]))
        .annotate(withdrawn_at=withdrawn, ended_on=end)
        .filter(ended_on__gt=_latest_that_leaves(on))
        .values(
            *("activity", "text_hash", "fingerprint", "withdrawn_at", "ended_on"),
            record=F("id"),
            person=F("subject__uuid"),
            given_at=F("at"),
        )
    )
    return ended


def _latest_that_leaves(on: date) -> date:
    duration = policy.current().retention[RULE].duration
    assert duration is not None
    return calendar.latest_clock_ended_by(on - timedelta(days=1), duration)
