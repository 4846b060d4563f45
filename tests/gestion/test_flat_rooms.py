"""Rooms of consents and messages cost the same for a hundred rows and for a million.

What can grow with the number of people is read by the order of an index and never counted whole.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clairevoie import consent, messaging
from clairevoie.consent.models import TrackerChoice
from clairevoie.messaging.models import Message, Suppression
from clairevoie.newsletter import steps
from clairevoie.newsletter.models import Interest, RefusedLine, Subscription, Topic
from clairevoie.privacy.models import Consent, Objection
from tests.cast import NOW, TODAY, Person
from tests.gestion.conftest import SignIn
from tests.newsletter.scene import subscribed

pytestmark = pytest.mark.django_db

# Tables that grow with people and with time.
LARGE = {
    model._meta.db_table
    for model in (
        *(Consent, Objection, TrackerChoice, Message, Suppression),
        *(Subscription, Interest, RefusedLine),
    )
}
ROOMS = [
    "oppositions/",
    "oppositions/?avant=400",
    "consentements/",
    "consentements/?activite=newsletter",
    "consentements/?activite=testimonials",
    "choix-de-cookies/",
    "choix-de-cookies/?depuis=7",
    "choix-de-cookies/?q=7d8e7c2e-6f0b-4a3c-9f43-0d2f6d1f2a10",
    "messages/",
    "envois/",
    "lettres/",
    "themes/",
    "imports/",
    "audience/?jours=365",
]


@pytest.fixture
def filled(alice: Person) -> None:
    """A few rows of each, so that no page is the empty one."""
    topic = Topic.objects.create(slug="parcours", name="Parcours")
    subscribed(alice, [topic])
    consent.give(alice.subject, activity="testimonials", source="mon-compte", at=NOW)
    messaging.suppress_many(
        [("email", f"a{n}@exemple.fr") for n in range(120)],
        purpose="newsletter",
        because="import",
        at=NOW,
    )
    TrackerChoice.objects.bulk_create(
        TrackerChoice(
            number=uuid4(), chosen_at=NOW, chosen_on=TODAY, surface="banner", text_hash="t"
        )
        for _ in range(3)
    )


def plan_of(sql: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return [str(row[3]) for row in cursor.fetchall()]


def asked(client: Client, path: str) -> list[str]:
    """What one page asks of the large tables, once everything that is kept is kept."""
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    statements = [query["sql"] for query in queries]
    return [sql for sql in statements if any(f'FROM "{name}"' in sql for name in LARGE)]


@pytest.mark.parametrize("path", ROOMS)
@pytest.mark.usefixtures("filled")
def test_no_room_counts_or_sorts_a_whole_table(helene: Person, at_work: SignIn, path: str) -> None:
    statements = asked(at_work(helene), f"/gestion/{path}")

    for sql in statements:
        assert "COUNT(" not in sql or "LIMIT 5000" in sql, sql
        assert "GROUP BY" not in sql, sql
        assert "DISTINCT" not in sql, sql
        if connection.vendor == "sqlite":
            for step in plan_of(sql):
                assert not re.match(r"SCAN \w+$", step) or "LIMIT" in sql, (step, sql)
                assert step != "USE TEMP B-TREE FOR ORDER BY", sql


def test_the_list_of_refusals_is_read_page_by_page(
    eve: Person, at_work: SignIn, filled: None
) -> None:
    client, seen, path = at_work(eve), 0, "/gestion/oppositions/"
    pages = []

    while path:
        page = client.get(path).content.decode()
        pages.append(page.count("liste d’un outil précédent"))
        seen += pages[-1]
        further = re.search(r'href="(\?avant=\d+)"', page)
        path = f"/gestion/oppositions/{further[1]}" if further else ""

    assert pages == [50, 50, 20]
    assert seen == Suppression.objects.count()


@pytest.mark.parametrize("typed", ["x", "-1", "9" * 40, "٣", "1; DROP TABLE"])
def test_a_strange_place_in_the_list_is_its_beginning(
    eve: Person, at_work: SignIn, filled: None, typed: str
) -> None:
    page = at_work(eve).get("/gestion/oppositions/", {"avant": typed})

    assert page.status_code == 200
    assert page.content.decode().count("liste d’un outil précédent") == 50


def test_a_choice_of_cookies_is_found_by_the_number_of_its_receipt(
    eve: Person, at_work: SignIn, filled: None
) -> None:
    client, wanted = at_work(eve), TrackerChoice.objects.all()[1]

    found = client.get("/gestion/choix-de-cookies/", {"q": str(wanted.number)}).content.decode()
    none = client.get("/gestion/choix-de-cookies/", {"q": "pas un numéro"}).content.decode()

    others = [str(row.number) for row in TrackerChoice.objects.exclude(pk=wanted.pk)]
    assert f"/gestion/choix-de-cookies/{wanted.number}/" in found
    assert not any(other in found + none for other in others)


def test_the_night_counts_who_follows_each_topic(
    alice: Person, eve: Person, at_work: SignIn, filled: None
) -> None:
    steps.count_followers(NOW)
    listed = at_work(eve).get("/gestion/themes/").content.decode()

    assert Topic.objects.get().followers == 1
    assert re.search(r"field-followers[^>]*>\s*1\s*<", listed)


# --- Before the list of refusals leaves ---------------------------------------------------------


@pytest.fixture
def reviewed_long_ago(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The list was last read so that it leaves in ``days``; the calendar stands on our day."""

    def leave_in(days: int) -> None:
        monkeypatch.setattr("clairevoie.lib.calendar.today", lambda: TODAY)
        messaging.suppress(
            kind="email", raw="a@exemple.fr", purpose="newsletter", because="link", at=NOW
        )
        last_day = TODAY + timedelta(days=days)
        Suppression.objects.update(reviewed_on=last_day.replace(year=last_day.year - 3))

    return leave_in


SENTENCE = "Des oppositions aux envois s’effacent après le"


def test_staff_are_told_ninety_days_before_and_not_ninety_one(
    helene: Person, flora: Person, at_work: SignIn, reviewed_long_ago: Any
) -> None:
    reviewed_long_ago(91)
    early = at_work(helene).get("/gestion/").content.decode()
    reviewed_long_ago(90)
    first = at_work(helene).get("/gestion/").content.decode()
    there = at_work(helene).get("/gestion/oppositions/").content.decode()
    others = at_work(flora).get("/gestion/").content.decode()

    assert SENTENCE not in early
    assert f"{SENTENCE} 20 février 2027" in first
    assert SENTENCE in there
    assert SENTENCE not in others, "who cannot review it is not asked to"


def test_reviewing_ends_the_reminder(
    helene: Person, at_work: SignIn, reviewed_long_ago: Any
) -> None:
    reviewed_long_ago(10)
    client = at_work(helene)

    client.post("/gestion/oppositions/revoir/")

    assert SENTENCE not in client.get("/gestion/").content.decode()


def test_the_commands_say_it_too(
    reviewed_long_ago: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    reviewed_long_ago(90)
    call_command("policy", "check")
    checked = capsys.readouterr().err
    call_command("daily", on=TODAY)
    done = capsys.readouterr().err

    assert SENTENCE in checked
    assert SENTENCE in done
