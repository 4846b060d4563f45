"""Who agreed is recognised when coming back; who did not, or does no more, is not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from clairevoie import privacy
from clairevoie.audience.actions import begin_visit
from clairevoie.audience.counting import tally
from clairevoie.audience.models import Count, Family, Visit
from clairevoie.audience.visitors import Visitor
from clairevoie.lib.calendar import PARIS
from clairevoie.lib.duration import Duration
from tests.promises import promise

pytestmark = pytest.mark.django_db

THIRTEEN = Duration.parse("P13M")
FIRST = datetime(2026, 11, 22, 9, 0, tzinfo=PARIS)


def accept_everything(client: Client) -> None:
    choose(client, "accepter")


def choose(client: Client, word: str) -> None:
    client.post("/cookies/choix/", {"choix": word}, headers={"sec-fetch-site": "same-origin"})


def returns() -> dict[str, int]:
    tally.settle()
    rows = Count.objects.filter(family=Family.RETURN)
    return dict(rows.values_list("what", "n"))


@promise("P-048")
def test_thirteen_months_run_from_the_first_visit_and_no_visit_renews_them(client: Client) -> None:
    with time_machine.travel(FIRST, tick=False):
        accept_everything(client)
        client.get("/")
    first = client.cookies["clairevoie_visite"]
    end = FIRST + timedelta(seconds=int(first["max-age"]))

    client.cookies["clairevoie_visite"]["max-age"] = ""
    with time_machine.travel(datetime(2027, 3, 1, 12, 0, tzinfo=PARIS), tick=False):
        again = client.get("/")

    assert end.astimezone(PARIS).date() == date(2027, 12, 22)
    assert "clairevoie_visite" not in again.cookies


@promise("P-048")
def test_after_thirteen_months_the_number_is_another() -> None:
    old = Visitor.new(on=date(2026, 11, 22))

    assert Visitor.of(old.text) == old
    assert old.lives(on=date(2027, 12, 22), lifetime=THIRTEEN)
    assert not old.lives(on=date(2027, 12, 23), lifetime=THIRTEEN)
    assert not old.lives(on=date(2026, 11, 21), lifetime=THIRTEEN)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "zzyx.2026-11-22",
        "7f9aad35c0fa416ea5053e6b60a25c20",  # the same in each worker of xdist
        "62c45f2759c541169f63404f60d5f49a.2026-02-30",
        "adc98846-eda9-488f-b714-e654f2f8f508.2026-11-22",
        "x" * 4000,
    ],
)
def test_a_forged_number_is_no_visitor(text: str) -> None:
    assert Visitor.of(text) is None


def test_without_a_choice_nobody_is_recognised(client: Client) -> None:
    response = client.get("/")

    assert "clairevoie_visite" not in response.cookies
    assert not Visit.objects.exists()


def test_visits_are_told_apart_by_half_an_hour_of_silence() -> None:
    visitor = Visitor.new(on=FIRST.date())

    intervals = [
        begin_visit(visitor, at=FIRST + silence)
        for silence in (
            timedelta(0),
            timedelta(minutes=29),
            timedelta(hours=2),
            timedelta(days=3),
            timedelta(days=20),
            timedelta(days=80),
            timedelta(days=200),
        )
    ]

    assert intervals == ["first", None, "same-day", "week", "month", "quarter", "later"]


def test_coming_back_is_counted_once_a_visit(client: Client) -> None:
    with time_machine.travel(FIRST, tick=False):
        accept_everything(client)
        client.get("/", headers={"sec-fetch-site": "none"})
        client.get("/confidentialite/", headers={"sec-fetch-site": "same-origin"})
    with time_machine.travel(FIRST + timedelta(days=2), tick=False):
        client.get("/", headers={"sec-fetch-site": "none"})

    assert returns() == {"first": 1, "week": 1}


@promise("P-042")
@pytest.mark.parametrize(
    ("happened", "stays"),
    [
        (datetime(2024, 10, 21, 12, tzinfo=UTC), False),
        (datetime(2024, 10, 22, 12, tzinfo=UTC), True),
    ],
)
def test_a_raw_visit_lives_twenty_five_months(happened: datetime, *, stays: bool) -> None:
    Visit.objects.create(visitor=uuid4(), happened_at=happened)

    privacy.retention.carry_out(privacy.retention.plan(date(2026, 11, 22)))

    assert Visit.objects.exists() is stays


def test_a_plan_counts_visits_like_any_other_copy() -> None:
    Visit.objects.create(visitor=uuid4(), happened_at=datetime(2020, 1, 1, tzinfo=UTC))

    due = {line.line.what: line.count for line in privacy.retention.plan(date(2026, 11, 22)).due}

    assert due["audience.Visit"] == 1


@promise("P-034")
def test_taking_consent_back_forgets_the_visits(client: Client) -> None:
    accept_everything(client)
    client.get("/")
    assert Visit.objects.count() == 1

    choose(client, "refuser")

    assert not Visit.objects.exists()
    assert client.cookies["clairevoie_visite"].value == ""
