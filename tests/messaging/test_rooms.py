"""The back office: letters to many are seen, paused and cancelled; lists hold at any size."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from clairevoie import messaging
from clairevoie.messaging.models import Message, Pace
from tests.cast import Person
from tests.gestion.conftest import give_second_factor
from tests.messaging.readers import readers, start

pytestmark = pytest.mark.django_db

SignIn = Callable[[Person], Client]


@pytest.fixture
def eve_at_work(eve: Person) -> Client:
    give_second_factor(eve)
    client = Client()
    client.force_login(eve.member)
    return client


def test_the_list_draws_how_far_each_mailing_is(eve_at_work: Client) -> None:
    readers(4)
    mailing = start()
    type(mailing).objects.update(sent=2)

    page = eve_at_work.get("/gestion/envois/").content.decode()

    assert mailing.title in page
    assert "50\u00a0%" in page
    assert 'width="50.0"' in page


def test_the_list_costs_the_same_for_one_mailing_as_for_five(
    eve_at_work: Client, django_assert_num_queries: Any
) -> None:
    counts = []
    for size in (1, 4):
        for _ in range(size):
            start()
        with django_assert_num_queries(30, exact=False) as queries:
            eve_at_work.get("/gestion/envois/")
        counts.append(len(queries))

    assert counts[1] <= counts[0]


def test_a_mailing_is_paused_resumed_and_cancelled_from_its_page(eve_at_work: Client) -> None:
    readers(1)
    mailing = start()
    address = f"/gestion/envois/{mailing.uuid}/"

    states = []
    for deed in ("suspendre", "reprendre", "annuler"):
        assert "</form>" in eve_at_work.get(f"{address}{deed}/").content.decode()
        assert eve_at_work.post(f"{address}{deed}/").status_code == 302
        mailing.refresh_from_db()
        states.append(mailing.state)

    assert states == [Pace.PAUSED, Pace.SENDING, Pace.CANCELLED]
    assert eve_at_work.get(f"{address}reprendre/").status_code == 404


def test_a_trainer_sees_no_mailing_and_the_dpo_stops_none(bob: Person, helene: Person) -> None:
    mailing = start()
    codes = []
    for person in (bob, helene):
        give_second_factor(person)
        client = Client()
        client.force_login(person.member)
        codes.append(client.get("/gestion/envois/").status_code)
        codes.append(client.post(f"/gestion/envois/{mailing.uuid}/annuler/").status_code)

    assert codes == [403, 403, 200, 403]
    assert messaging.mailing_progress(mailing).total == 0


@pytest.mark.parametrize("chosen", ["", "?etat=failed", "?etat=sent", "?activite=newsletter"])
def test_the_list_of_messages_reads_an_index_whatever_is_chosen(
    eve_at_work: Client, chosen: str, django_assert_num_queries: Any
) -> None:
    readers(3)
    start()
    with django_assert_num_queries(30, exact=False) as queries:
        page = eve_at_work.get(f"/gestion/messages/{chosen}")

    assert page.status_code == 200
    asked = [q["sql"] for q in queries if f'FROM "{Message._meta.db_table}"' in q["sql"]]
    rows = [sql for sql in asked if "COUNT" not in sql]
    assert rows
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for sql in rows:
                cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
                plan = " ".join(str(row[3]) for row in cursor.fetchall())
                assert "USING INDEX message_" in plan
                assert "TEMP B-TREE" not in plan
    counted = [sql for sql in asked if "COUNT" in sql]
    assert all("LIMIT 5000" in sql for sql in counted)
