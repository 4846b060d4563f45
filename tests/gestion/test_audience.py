"""The page of audience: sums of a period, small cells hidden, one range of an index each."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clairevoie.audience.figures import cells, report, shown
from clairevoie.audience.models import Cell, Count, Family
from clairevoie.lib import calendar
from tests.promises import promise

if TYPE_CHECKING:
    from tests.cast import Person
    from tests.gestion.conftest import SignIn

pytestmark = pytest.mark.django_db

PAGE = "/gestion/audience/"


def count(family: Family, what: str, n: int, *, days_ago: int = 0) -> None:
    day = calendar.today() - timedelta(days=days_ago)
    Count.objects.add({Cell(day, family, what): n})


@promise("P-042")
def test_a_cell_of_nine_is_shown_as_fewer_than_ten(eve: Person, at_work: SignIn) -> None:
    count(Family.PAGE, "/neuf/", 9)
    count(Family.PAGE, "/huit/", 8)
    count(Family.PAGE, "/mille/", 1_000)

    page = at_work(eve).get(PAGE).text

    assert "1\u202f000" in page
    assert page.count("&lt;\u00a010") >= 2
    assert ">9<" not in page
    assert ">8<" not in page


@promise("P-042")
def test_one_hidden_cell_alone_hides_the_next_so_that_no_subtraction_finds_it() -> None:
    hidden = {f.label for f in cells({"a": 3, "b": 40, "c": 12}) if f.n is None}

    assert hidden == {"a", "c"}
    assert {f.label for f in cells({"a": 3, "b": 40, "c": 4}) if f.n is None} == {"a", "c"}
    assert [f.n for f in cells({"a": 0, "b": 10})] == [0, 10]
    assert (shown(0), shown(9), shown(10)) == (0, None, 10)


def test_a_period_is_counted_to_the_day() -> None:
    count(Family.PAGE, "/", 10, days_ago=29)
    count(Family.PAGE, "/", 100, days_ago=30)

    assert report(on=calendar.today(), days=30).pages_read == 10


@pytest.mark.parametrize("asked", ["", "?jours=", "?jours=12", "?jours=-1", "?jours=zzyx"])
def test_an_unknown_period_is_thirty_days(eve: Person, at_work: SignIn, asked: str) -> None:
    count(Family.PAGE, "/", 10)

    page = at_work(eve).get(f"{PAGE}{asked}")

    assert page.status_code == 200
    assert 'href="?jours=30" aria-current="page"' in page.text


def test_nothing_counted_is_said(eve: Person, at_work: SignIn) -> None:
    assert "Rien n’a encore été compté" in at_work(eve).get(PAGE).text


def test_a_year_costs_as_many_queries_as_a_week(eve: Person, at_work: SignIn) -> None:
    for days_ago in range(300):
        count(Family.PAGE, f"/{days_ago % 40}/", 10, days_ago=days_ago)
    client = at_work(eve)
    client.get(PAGE)

    costs = []
    for days in (7, 365):
        with CaptureQueriesContext(connection) as asked:
            client.get(f"{PAGE}?jours={days}")
        costs.append(len(asked))

    assert costs[0] == costs[1]
    assert costs[0] <= 12


@pytest.mark.parametrize("who", ["flora", "gaston", "bob"])
def test_others_may_not_look(who: str, at_work: SignIn, request: pytest.FixtureRequest) -> None:
    assert at_work(request.getfixturevalue(who)).get(PAGE).status_code == 403
