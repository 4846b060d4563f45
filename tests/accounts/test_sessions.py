"""Sessions: idle expiry, rotation, remote sign-out, and what counts as a use (C.3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clairevoie import privacy
from clairevoie.accounts import visits
from clairevoie.accounts.models import Member, Role, SecurityEvent, Session
from clairevoie.lib.calendar import PARIS
from clairevoie.messaging import Message
from tests.cast import PASSWORD, Person
from tests.promises import promise

pytestmark = pytest.mark.django_db

TEN = datetime(2026, 11, 22, 10, 0, tzinfo=PARIS)
PAGE = "/mon-compte/securite/"


def sign_in(person: Person, client: Client | None = None, **extra: str) -> Client:
    client = client or Client()
    login = {"login": person.canaries.email, "password": PASSWORD, **extra}
    response = client.post("/connexion/", login)
    assert response.status_code == 302, response.content.decode()
    return client


def use(person: Person) -> Any:
    person.subject.refresh_from_db()
    return person.subject.last_use


@promise("P-047")
def test_two_idle_hours_end_a_session_and_its_row(alice: Person) -> None:
    with time_machine.travel(TEN, tick=False) as clock:
        client = sign_in(alice)
        assert client.cookies["clairevoie_session"]["max-age"] == ""
        clock.move_to(TEN + timedelta(hours=2, minutes=1))
        answer = client.get(PAGE)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/connexion/")
    assert not Session.objects.filter(started_at__isnull=False).exists()


@promise("P-047")
def test_a_page_every_hour_keeps_the_session(alice: Person) -> None:
    with time_machine.travel(TEN, tick=False) as clock:
        client = sign_in(alice)
        for hour in range(1, 6):
            clock.move_to(TEN + timedelta(hours=hour))
            assert client.get(PAGE).status_code == 200


@promise("P-047")
def test_staff_have_thirty_minutes(bob: Person) -> None:
    with time_machine.travel(TEN, tick=False) as clock:
        client = sign_in(bob)
        clock.move_to(TEN + timedelta(minutes=25))
        assert client.get(PAGE).status_code == 200
        clock.move_to(TEN + timedelta(minutes=50))
        assert client.get(PAGE).status_code == 200
        clock.move_to(TEN + timedelta(minutes=81))
        assert client.get(PAGE).status_code == 302


@promise("P-036")
def test_staying_signed_in_is_asked_for_and_ends_after_thirty_days(alice: Person) -> None:
    with time_machine.travel(TEN, tick=False) as clock:
        client = sign_in(alice, remember="on")
        assert int(client.cookies["clairevoie_session"]["max-age"]) == 30 * 24 * 3600
        clock.move_to(TEN + timedelta(days=29, hours=23))
        assert client.get(PAGE).status_code == 200
        clock.move_to(TEN + timedelta(days=30, minutes=1))
        assert client.get(PAGE).status_code == 302


@promise("P-036")
def test_staff_never_stay_signed_in(bob: Person) -> None:
    client = sign_in(bob, remember="on")

    assert client.cookies["clairevoie_session"]["max-age"] == ""


@promise("P-036")
def test_the_key_changes_at_sign_in(client: Client, alice: Person) -> None:
    sign_up = {"last_name": "X", "email": alice.canaries.email, "terms": "on"}
    client.post("/inscription/", {**sign_up, "password1": "verte lattes 4 Chêne!"})
    before = client.session.session_key
    client.post("/deconnexion/")

    sign_in(alice, client)

    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


@promise("P-036")
def test_signing_out_leaves_no_trace(alice: Person) -> None:
    client = sign_in(alice)
    assert "no-store" in client.get(PAGE)["Cache-Control"]

    answer = client.post("/deconnexion/", follow=True)

    assert answer.redirect_chain[-1][0] == "/"
    assert SecurityEvent.objects.filter(kind="signed-out", subject=alice.subject).exists()
    assert not Session.objects.filter(subject=alice.subject).exists()
    page = answer.content.decode() + client.get("/connexion/").content.decode()
    assert not [canary for canary in alice.canaries.all if canary in page]
    assert client.get(PAGE).status_code == 302


def test_a_member_sees_and_closes_their_sessions(alice: Person, charlie: Person) -> None:
    here, there, stranger = sign_in(alice), sign_in(alice), sign_in(charlie)
    listed = {s["here"]: s["handle"] for s in here.get(PAGE).context["sessions"]}

    others = stranger.post(reverse("accounts:end-session"), {"session": listed[False]})
    assert others.status_code == 302
    assert there.get(PAGE).status_code == 200
    here.post(reverse("accounts:end-session"), {"session": listed[False]})

    assert there.get(PAGE).status_code == 302
    assert here.get(PAGE).status_code == 200
    assert stranger.get(PAGE).status_code == 200


def test_all_other_sessions_close_at_once(alice: Person) -> None:
    here, there, elsewhere = sign_in(alice), sign_in(alice), sign_in(alice)

    here.post(reverse("accounts:end-other-sessions"))

    statuses = [client.get(PAGE).status_code for client in (here, there, elsewhere)]
    assert statuses == [200, 302, 302]
    assert SecurityEvent.objects.filter(kind="session-ended", subject=alice.subject).exists()


def test_no_page_shows_the_key_of_a_session(alice: Person) -> None:
    client = sign_in(alice)
    sign_in(alice)

    page = client.get(PAGE).content.decode()

    assert not [s for s in Session.objects.all() if s.session_key in page]


@promise("P-082")
def test_five_sessions_at_once_are_told_and_punished_by_nobody(alice: Person) -> None:
    for _ in range(4):
        sign_in(alice)
    assert not Message.including_restricted.filter(template="accounts/parallel-sessions").exists()

    fifth = sign_in(alice)
    sign_in(alice)

    told = Message.including_restricted.filter(template="accounts/parallel-sessions")
    assert told.get().subject_id == alice.subject.pk
    assert "5 appareils" in told.get().text
    assert fifth.get(PAGE).status_code == 200
    assert Member.objects.get(pk=alice.member.pk).may_sign_in


# --- What counts as a use (promises.md C.3) ------------------------------------------------------


@pytest.fixture
def away(alice: Person) -> Person:
    """Alice, who did nothing since the 1st of October."""
    subject = alice.subject
    subject.last_use = datetime(2026, 10, 1, tzinfo=PARIS).date()
    subject.save()
    return alice


def test_signing_in_is_a_use(away: Person) -> None:
    with time_machine.travel(TEN, tick=False):
        sign_in(away)

    assert use(away) == TEN.date()


def test_a_page_is_a_use_written_once_a_day(away: Person) -> None:
    with time_machine.travel(TEN, tick=False) as clock:
        client = sign_in(away, remember="on")
        clock.move_to(TEN + timedelta(days=1))
        with CaptureQueriesContext(
            connection,
        ) as first:
            client.get(PAGE)
        with CaptureQueriesContext(connection) as second:
            client.get(PAGE)

    assert use(away) == (TEN + timedelta(days=1)).date()
    assert [q for q in first if "UPDATE" in q["sql"]]
    assert not [q for q in second if q["sql"].startswith(("UPDATE", "INSERT", "DELETE"))]


def test_an_ordinary_page_writes_nothing(alice: Person) -> None:
    with time_machine.travel(TEN, tick=False) as clock:
        client = sign_in(alice)
        clock.move_to(TEN + timedelta(minutes=2))
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)

    assert not [q for q in queries if q["sql"].startswith(("UPDATE", "INSERT", "DELETE"))]


def test_one_query_reads_the_session_and_the_member(alice: Person) -> None:
    client = sign_in(alice)

    with CaptureQueriesContext(connection) as queries:
        client.get("/")

    assert len([q for q in queries if "accounts_" in q["sql"]]) == 1


def test_a_wrong_password_is_no_use(client: Client, away: Person) -> None:
    client.post("/connexion/", {"login": away.canaries.email, "password": "faux"})

    assert use(away).month == 10


def test_asking_for_a_reset_is_no_use(client: Client, away: Person) -> None:
    client.post("/mot-de-passe/oublie/", {"email": away.canaries.email})

    assert use(away).month == 10


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-purpose": "prefetch"},
        {"purpose": "prefetch"},
        {"sec-fetch-dest": "serviceworker"},
    ],
)
def test_what_a_browser_does_by_itself_is_no_use(away: Person, headers: dict[str, str]) -> None:
    client = Client()
    client.force_login(away.member)

    assert client.get(PAGE, headers=headers).status_code == 200
    assert use(away).month == 10


def test_a_heartbeat_is_no_use(away: Person) -> None:
    @visits.without_human
    def beat(_request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    request = HttpRequest()
    request.method, request.session = "GET", Client().session

    assert not visits.is_human(request, beat(request))
    assert visits.is_human(request, HttpResponse())


def test_a_page_that_does_not_exist_and_a_stylesheet_are_no_use(away: Person) -> None:
    client = Client()
    client.force_login(away.member)

    client.get("/rien/")
    client.get("/static/accounts/entrance.css")

    assert use(away).month == 10


def test_an_administrator_s_edit_is_no_use_of_the_person(away: Person, eve: Person) -> None:
    privacy.restrict(away.subject, ground="accuracy", on=TEN.date())

    assert use(away).month == 10
    assert eve.member.role == Role.ADMINISTRATOR
