"""Proofs of choices: nobody rewrites them, the night seals them, twenty-five months end them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from clairevoie import privacy
from clairevoie.consent import choices_cookie, sealing, trackers, wording
from clairevoie.consent.choosing import choose, wish
from clairevoie.consent.models import ShownText, Surface, TrackerChoice
from clairevoie.privacy.models import Execution, LedgerEntry
from tests.cast import NOW, TODAY
from tests.promises import promise

pytestmark = pytest.mark.django_db
OPTIONAL = ("apparence", "visite")


def chosen(at: datetime, *accepted: str) -> TrackerChoice:
    nobody = choices_cookie.weigh(None, trackers.register(TODAY), gpc=False, on=TODAY)
    choice = choose(
        wish=wish(about=OPTIONAL, accepted=accepted),
        before=nobody,
        surface=Surface.BANNER,
        shown=wording.banner(OPTIONAL, again=False),
        at=at,
    )
    return TrackerChoice.objects.get(number=str(choice.number))


def seals() -> list[LedgerEntry]:
    return list(LedgerEntry.objects.filter(executor=sealing.SEAL).order_by("id"))


@pytest.mark.parametrize("model", [TrackerChoice, ShownText])
def test_the_database_refuses_to_rewrite_a_proof(model: type[TrackerChoice | ShownText]) -> None:
    chosen(NOW, "visite")
    column = "accepted" if model is TrackerChoice else "text"

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model._default_manager.update(**{column: "autre chose"})


def test_a_night_seals_all_choices_in_one_line() -> None:
    for minutes in range(5):
        chosen(NOW + timedelta(minutes=minutes), "visite")

    assert sealing.seal(at=NOW + timedelta(minutes=4, seconds=30)) == 4  # the last minute waits
    [line] = seals()
    assert line.facts["choices"] == 4
    assert line.subject is None
    assert Execution.objects.filter(executor="consent.choose").exists()


def test_no_choice_is_sealed_twice_nor_forgotten() -> None:
    chosen(NOW, "visite")
    chosen(NOW + timedelta(minutes=2))
    chosen(NOW + timedelta(days=1))
    chosen(NOW + timedelta(days=1, minutes=2))

    counts = [sealing.seal(at=NOW + timedelta(days=day, hours=14)) for day in range(3)]

    assert counts == [2, 2, 0]
    assert sealing.broken_seals() == []
    assert privacy.ledger.verify().sound


def test_a_choice_that_is_taken_away_or_slipped_in_shows() -> None:
    first = chosen(NOW, "visite")
    chosen(NOW + timedelta(minutes=1))
    chosen(NOW + timedelta(minutes=5))
    sealing.seal(at=NOW + timedelta(hours=14))
    [line] = seals()

    chosen(NOW + timedelta(seconds=30), "apparence")
    slipped_in = sealing.broken_seals()
    TrackerChoice.objects.exclude(number=first.number).filter(accepted="apparence").delete()
    sound = sealing.broken_seals()
    TrackerChoice.objects.filter(chosen_at=NOW + timedelta(minutes=1)).delete()

    assert (slipped_in, sound, sealing.broken_seals()) == ([line.id], [], [line.id])


@promise("P-055")
def test_proofs_leave_after_twenty_five_months() -> None:
    kept = chosen(datetime.combine(date(2024, 10, 22), NOW.timetz()))
    chosen(datetime.combine(date(2024, 10, 21), NOW.timetz()))

    privacy.retention.carry_out(privacy.retention.plan(TODAY))

    assert list(TrackerChoice.objects.all()) == [kept]
    line = LedgerEntry.objects.get(executor="retention.cookie-proof")
    assert line.facts["count"] == 1


def test_no_column_of_a_proof_leads_to_anybody() -> None:
    relations = [f.name for f in TrackerChoice._meta.get_fields() if f.is_relation]
    with connection.cursor() as cursor:
        table = TrackerChoice._meta.db_table
        columns = {
            column.name for column in connection.introspection.get_table_description(cursor, table)
        }

    assert relations == []
    assert not columns & {"ip", "user_agent", "subject_id", "member_id", "email"}
