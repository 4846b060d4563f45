"""Reporting an unauthorised use; suspending a member, and what that member reads."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth import authenticate
from django.test import Client, RequestFactory

from clairevoie import privacy
from clairevoie.accounts.actions.suspending import (
    NotYours,
    lift_member_suspension,
    suspend_member,
)
from clairevoie.accounts.models import Member, Session
from clairevoie.accounts.views.suspended import suspended
from clairevoie.lib.calendar import PARIS
from clairevoie.privacy.incidents import confirm_compromise, notification_due
from clairevoie.privacy.models import Incident
from tests.cast import NOW, PASSWORD, TODAY
from tests.promises import promise

if TYPE_CHECKING:
    from tests.accounts.conftest import SignIn
    from tests.cast import Person

REPORT = "/signalement/"


@promise("P-083")
def test_anyone_reports_and_gets_a_reference(alice: Person, client: Client) -> None:
    told = {
        "description": "Quelqu’un se sert de mon compte.",
        "account": alice.canaries.pseudo,
        "contact": alice.canaries.email.upper(),
    }

    answer = client.post(REPORT, told, follow=True)

    incident = Incident.objects.get()
    assert str(incident.uuid) in answer.content.decode()
    assert incident.subject is None  # what a stranger says of an account proves nothing
    assert incident.reporter_contact == alice.canaries.email
    assert alice.canaries.pseudo in incident.description
    assert Incident.objects.get().aware_at is None


@promise("P-083")
def test_a_member_reports_and_ends_every_other_session(
    alice: Person, charlie: Person, signed_in: SignIn
) -> None:
    here, elsewhere, another = signed_in(alice), signed_in(alice), signed_in(charlie)
    Session.objects.update(started_at=NOW)

    here.post(
        REPORT, {"description": "Une connexion que je ne reconnais pas", "end_sessions": "on"}
    )

    assert Incident.objects.get().subject == alice.subject
    assert here.get("/mon-compte/").status_code == 200
    assert elsewhere.get("/mon-compte/").status_code == 302
    assert another.get("/mon-compte/").status_code == 200


def test_sessions_are_left_alone_where_nobody_asked(alice: Person, signed_in: SignIn) -> None:
    here, elsewhere = signed_in(alice), signed_in(alice)
    Session.objects.update(started_at=NOW)

    here.post(REPORT, {"description": "Un doute"})

    assert elsewhere.get("/mon-compte/").status_code == 200


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"description": "   "},
        {"description": "x" * 5_000},
        {"description": "vu", "contact": "ni adresse ni numéro"},
        {"description": "vu", "contact": "a@exemple.fr\nBcc: b@exemple.fr"},
        {"description": "vu", "contact": "12"},
    ],
)
def test_a_report_that_cannot_be_read_opens_nothing(
    db: None, client: Client, told: dict[str, str]
) -> None:
    answer = client.post(REPORT, told)

    assert answer.status_code == 422
    assert not Incident.objects.exists()


def test_reports_are_not_a_flood(db: None, client: Client) -> None:
    answers = [client.post(REPORT, {"description": "vu"}).status_code for _ in range(6)]

    assert answers == [302] * 5 + [429]
    assert Incident.objects.count() == 5


@promise("P-083")
def test_the_clock_of_a_confirmed_report_is_72_real_hours(db: None, eve: Person) -> None:
    saturday = datetime(2026, 10, 24, 14, 0, tzinfo=PARIS)
    incident = privacy.report_unauthorised_use(
        subject=None, contact="", description="vu", at=saturday
    )

    confirmed = confirm_compromise(
        incident, nature="C", risk="risk", author=eve.subject.uuid, at=saturday
    )

    assert notification_due(confirmed) == datetime(2026, 10, 27, 13, 0, tzinfo=PARIS)


# --- Suspending ----------------------------------------------------------------------------------


def suspend(member: Member, author: Member) -> None:
    suspend_member(
        member=member,
        author=author,
        reason_code="partage",
        reason="Cinq personnes se servaient de ce compte.",
        appeal="Écrivez à contact@smart-solutions.fr.",
        at=NOW,
    )


@promise("P-082", "P-090")
def test_a_suspended_member_is_out_at_once_and_reads_why(
    alice: Person, eve: Person, signed_in: SignIn
) -> None:
    client = signed_in(alice)

    suspend(alice.member, eve.member)
    answer = suspended(RequestFactory().get("/"), alice.member)

    assert client.get("/mon-compte/").status_code == 302
    assert authenticate(None, username=alice.canaries.pseudo, password=PASSWORD) is None
    assert answer is not None
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Cinq personnes" in page
    assert "contact@smart-solutions.fr" in page
    assert 'datetime="2028-11-22"' in page


@promise("P-082")
def test_only_an_administrator_suspends_and_never_themself(
    alice: Person, bob: Person, eve: Person
) -> None:
    for author, member in ((bob, alice), (alice, bob), (eve, eve)):
        with pytest.raises(NotYours):
            suspend(member.member, author.member)

    assert not Member.objects.filter(is_active=False).exists()


@promise("P-090")
def test_a_lifted_suspension_opens_the_account_on_its_own_clock(
    alice: Person, eve: Person
) -> None:
    alice.subject.last_use = date(2025, 6, 1)
    alice.subject.save()
    suspend(alice.member, eve.member)

    lift_member_suspension(member=alice.member, author=eve.member, at=NOW)

    member = Member.objects.get(pk=alice.member.pk)
    assert member.may_sign_in
    assert member.subject.last_use == date(2025, 6, 1)
    assert suspended(RequestFactory().get("/"), member) is None
    assert not privacy.contact_is_barred(kind="email", raw=alice.canaries.email, on=TODAY)


@promise("P-090")
def test_a_suspended_member_who_closed_stays_closed(alice: Person, eve: Person) -> None:
    suspend(alice.member, eve.member)
    privacy.close(alice.subject, on=TODAY)
    alice.member.subject.refresh_from_db()

    lift_member_suspension(member=alice.member, author=eve.member, at=NOW)

    assert not Member.objects.get(pk=alice.member.pk).may_sign_in


@promise("P-082")
def test_the_door_itself_tells_a_suspended_member(
    alice: Person, eve: Person, client: Client
) -> None:
    suspend(alice.member, eve.member)

    right = client.post(
        "/connexion/", {"login": alice.canaries.email, "password": PASSWORD}, follow=True
    )
    wrong = client.post(
        "/connexion/", {"login": alice.canaries.email, "password": "un autre"}, follow=True
    )

    assert "Cinq personnes" in right.content.decode()
    assert "Cinq personnes" not in wrong.content.decode()
