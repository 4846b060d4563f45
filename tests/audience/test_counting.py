"""Pages are counted, nobody is: four families, no number, no address, one statement a batch."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from clairevoie.audience.counting import Tally, tally
from clairevoie.audience.models import Cell, Count, Family, Visit
from clairevoie.lib.calendar import PARIS
from tests.promises import promise

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=PARIS)


def counted(family: Family) -> dict[str, int]:
    tally.settle()
    return dict(Count.objects.filter(family=family).values_list("what", "n"))


@promise("P-035", "P-039")
def test_a_page_read_is_counted_by_route_by_hour_and_by_way_in(client: Client) -> None:
    client.get("/confidentialite/", headers={"sec-fetch-site": "cross-site"})
    client.get("/confidentialite/", headers={"sec-fetch-site": "same-origin"})

    assert counted(Family.PAGE) == {"/confidentialite/": 2}
    assert counted(Family.VISIT) == {"cross-site": 1}
    assert sum(counted(Family.ACTIVITY).values()) == 2
    assert counted(Family.RETURN) == {}


def test_an_old_browser_is_counted_by_where_it_came_from(client: Client) -> None:
    client.get("/", headers={"referer": "http://testserver/confidentialite/"})
    client.get("/", headers={"referer": "https://ailleurs.example/"})
    client.get("/")

    assert counted(Family.VISIT) == {"cross-site": 1, "none": 1}


@pytest.mark.parametrize(
    "refused",
    [
        {"path": "/nulle-part/"},
        {"path": "/gestion/"},
        {"path": "/.well-known/security.txt"},
        {"path": "/", "headers": {"user-agent": "Mozilla/5.0 (compatible; AhrefsBot/7.0)"}},
        {"path": "/", "headers": {"sec-purpose": "prefetch"}},
        {"path": "/", "method": "HEAD"},
    ],
)
def test_what_is_not_a_page_read_by_a_person_is_not_counted(
    client: Client, refused: dict[str, Any]
) -> None:
    client.generic(**{"method": "GET", **refused})

    assert counted(Family.PAGE) == {}


@promise("P-041")
def test_a_token_in_an_address_is_never_kept(client: Client) -> None:
    client.get("/avis/zzyx-un-jeton-personnel/")
    client.get("/?email=zzyx@courriel.example")

    assert "zzyx" not in str(list(Count.objects.values_list("what", flat=True)))
    assert "/" in counted(Family.PAGE)


@promise("P-041")
def test_no_column_of_the_measure_leads_to_anybody() -> None:
    keys = [
        field
        for model in (Count, Visit)
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
    ]

    assert keys == []
    assert {field.name for field in Visit._meta.concrete_fields} == {
        "id",
        "visitor",
        "happened_at",
    }


@promise("P-039")
def test_the_schema_has_four_families_and_refuses_a_fifth() -> None:
    assert len(Family) == 4

    with pytest.raises(IntegrityError), transaction.atomic():
        Count.objects.create(day=NOON.date(), family="form", what="valeur", n=1)


def test_a_page_costs_no_query_and_a_batch_costs_one(client: Client) -> None:
    client.get("/")  # whatever is loaded once

    with CaptureQueriesContext(connection) as none:
        for _ in range(5):
            client.get("/")
    with CaptureQueriesContext(connection) as one:
        tally.settle()

    assert [query["sql"] for query in none if "audience" in query["sql"]] == []
    assert len(one) == 1


def test_what_two_processes_add_is_summed() -> None:
    first, second = Tally(), Tally()
    for one in (first, second, second):
        one.add({Family.PAGE: "/"}, at=NOON)

    first.settle()
    second.settle()

    assert Count.objects.get().n == 3


def test_a_day_is_that_of_paris() -> None:
    mine = Tally()
    mine.add({Family.PAGE: "/"}, at=datetime.fromisoformat("2026-11-22T23:30:00+00:00"))

    mine.settle()

    assert Count.objects.get().day == date(2026, 11, 23)


def test_sums_ripen_after_ten_seconds(settings: Settings) -> None:
    settings.CLAIREVOIE_COUNT_SECONDS = 10
    mine = Tally()
    mine.add({Family.PAGE: "/"}, at=NOON)

    assert not mine.is_ripe(at=NOON + timedelta(seconds=9))
    assert mine.is_ripe(at=NOON + timedelta(seconds=10))


def test_a_busy_database_loses_no_count(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = Tally()
    mine.add({Family.PAGE: "x" * 500}, at=NOON)
    with transaction.atomic(), monkeypatch.context() as busy:
        savepoint = transaction.savepoint()
        busy.setattr(Count._meta, "db_table", "nulle_part")
        lost = mine.settle()
        transaction.savepoint_rollback(savepoint)

    kept = mine.settle()

    assert (lost, kept) == (0, 1)
    assert Count.objects.filter(what="x" * 120).exists()


def test_cells_are_added_in_one_order() -> None:
    cells = {Cell(NOON.date(), Family.PAGE, f"/{n}/"): n + 1 for n in range(300)}

    Count.objects.add(cells)
    Count.objects.add(cells)

    assert Count.objects.get(what="/299/").n == 600


@promise("P-035")
def test_whoever_opposes_is_not_even_counted(client: Client) -> None:
    client.post("/cookies/comptages/", {"compter": "non"})
    for _ in range(5):
        client.get("/confidentialite/")
    assert counted(Family.PAGE) == {}
    assert "Me compter de nouveau" in client.get("/cookies/").text

    client.post("/cookies/comptages/", {"compter": "oui"})
    client.get("/confidentialite/")

    assert counted(Family.PAGE) == {"/confidentialite/": 1}


@promise("P-035")
def test_global_privacy_control_opposes(client: Client) -> None:
    page = client.get("/cookies/", headers={"sec-gpc": "1"}).text

    assert counted(Family.PAGE) == {}
    assert "vous n’êtes pas compté" in page


@pytest.mark.parametrize(
    ("answer", "site", "status"),
    [("", "same-origin", 400), ("peut-être", "same-origin", 400), ("non", "cross-site", 403)],
)
def test_a_forged_opposition_is_refused(
    client: Client, answer: str, site: str, status: int
) -> None:
    response = client.post(
        "/cookies/comptages/", {"compter": answer}, headers={"sec-fetch-site": site}
    )

    assert response.status_code == status
    assert "clairevoie_retrait" not in response.cookies
