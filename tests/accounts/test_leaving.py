"""Leaving: the e-mail, the account, and the ways back in."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate
from django.db import IntegrityError
from django.test import Client

from clairevoie import privacy
from clairevoie.accounts.actions.leaving import (
    LastAdministrator,
    LinkNoLongerValid,
    NoEmail,
    close_account,
    keep_account,
    link_to_keep,
    owner_of_link,
    remove_email,
)
from clairevoie.accounts.actions.profile import PseudoNeeded, PseudoTaken
from clairevoie.accounts.actions.recovery import (
    WrongRecoveryCode,
    issue_recovery_codes,
    recover,
)
from clairevoie.accounts.models import Member, RecoveryCode, Role, Session
from clairevoie.accounts.terminals import Terminal
from clairevoie.lib.calendar import paris_midnight
from clairevoie.messaging.models import Message
from clairevoie.privacy.models import ContactPoint, DataSubject, Disclosure, Effect, Incident
from tests.cast import NOW, PASSWORD, TODAY
from tests.promises import promise

if TYPE_CHECKING:
    from tests.accounts.conftest import SignIn
    from tests.cast import Person

HERE = Terminal(ip="203.0.113.99", user_agent="test")
NEW_PASSWORD = "Trois lattes de hêtre, 1 de frêne"
REMOVE = "/mon-compte/coordonnees/retirer-mon-email/"


def without_phone(person: Person) -> Member:
    """The same member, reachable by e-mail alone."""
    Member.objects.filter(pk=person.member.pk).update(phone=None, phone_verified=False)
    privacy.forget_contact(person.subject, kind="phone")
    person.member.refresh_from_db()
    return person.member


# --- The e-mail ----------------------------------------------------------------------------------


@promise("P-086")
def test_a_removed_email_is_null_and_nowhere(alice: Person) -> None:
    privacy.give_consent(alice.subject, activity="newsletter", text="Oui", source="test", at=NOW)

    codes = remove_email(member=alice.member, pseudo=None, terminal=HERE, at=NOW)

    member = Member.objects.get(pk=alice.member.pk)
    assert member.email is None
    assert codes == ()
    assert not EmailAddress.objects.filter(user=member).exists()
    assert not ContactPoint.objects.filter(subject=alice.subject, kind="email").exists()
    assert not privacy.may(alice.subject, "newsletter").allowed
    assert privacy.find(alice.canaries.email) is None


@promise("P-086")
def test_whoever_received_the_email_is_told_to_forget_it(alice: Person) -> None:
    Disclosure.objects.create(
        subject=alice.subject,
        recipient="mailer",
        activity="newsletter",
        fields="email",
        disclosed_on=TODAY,
    )

    remove_email(member=alice.member, pseudo=None, terminal=HERE, at=NOW)

    told = Effect.objects.get(kind="notify-recipient")
    assert told.payload == {
        "recipient": "mailer",
        "subject": str(alice.subject.uuid),
        "what": "email-removed",
    }


@promise("P-086")
def test_without_email_or_phone_one_signs_in_by_pseudo_and_recovers_by_code(
    alice: Person,
) -> None:
    member = without_phone(alice)

    codes = remove_email(member=member, pseudo="Zzyx.seule", terminal=HERE, at=NOW)
    recover(
        identifier="zzyx.SEULE",
        code=codes[0].lower().replace("-", " "),
        password=NEW_PASSWORD,
        terminal=HERE,
        at=NOW,
    )

    assert len(codes) == 8
    assert authenticate(None, username="Zzyx.seule", password=NEW_PASSWORD) == member
    assert authenticate(None, username="Zzyx.seule", password=PASSWORD) is None
    assert not any(
        code in stored
        for code in codes
        for stored in RecoveryCode.objects.values_list("code_hash")
    )


@promise("P-086")
def test_after_the_removal_the_door_opens_by_pseudo_and_no_email_leaves(
    alice: Person, client: Client
) -> None:
    remove_email(member=without_phone(alice), pseudo=None, terminal=HERE, at=NOW)
    letters = Message.objects.count()

    reset = client.post("/mot-de-passe/oublie/", {"email": alice.canaries.email}, follow=True)
    entered = client.post(
        "/connexion/", {"login": alice.canaries.pseudo, "password": PASSWORD}, follow=True
    )

    assert reset.status_code == 200
    assert Message.objects.count() == letters
    assert entered.redirect_chain[-1][0] == "/mon-compte/"


def test_a_code_serves_once_and_only_its_owner(alice: Person, charlie: Person) -> None:
    (code, *_) = issue_recovery_codes(member=alice.member, terminal=HERE, at=NOW)
    pseudo = alice.canaries.pseudo

    with pytest.raises(WrongRecoveryCode):
        recover(
            identifier=charlie.canaries.pseudo,
            code=code,
            password=NEW_PASSWORD,
            terminal=HERE,
            at=NOW,
        )
    recover(identifier=pseudo, code=code, password=NEW_PASSWORD, terminal=HERE, at=NOW)

    with pytest.raises(WrongRecoveryCode):
        recover(identifier=pseudo, code=code, password=NEW_PASSWORD, terminal=HERE, at=NOW)
    assert RecoveryCode.objects.filter(subject=alice.subject).count() == 7


def test_recovering_ends_every_session(alice: Person, signed_in: SignIn) -> None:
    (code, *_) = issue_recovery_codes(member=alice.member, terminal=HERE, at=NOW)
    intruder = signed_in(alice)

    recover(
        identifier=alice.canaries.pseudo,
        code=code,
        password=NEW_PASSWORD,
        terminal=HERE,
        at=NOW,
    )

    assert intruder.get("/mon-compte/").status_code == 302


def test_the_only_identifier_cannot_be_given_up(alice: Person) -> None:
    member = without_phone(alice)
    Member.objects.filter(pk=member.pk).update(pseudo=None)

    with pytest.raises(PseudoNeeded):
        remove_email(member=member, pseudo=None, terminal=HERE, at=NOW)

    member.refresh_from_db()
    assert member.email == alice.canaries.email


def test_anothers_pseudo_changes_nothing(alice: Person, charlie: Person) -> None:
    member = without_phone(alice)
    Member.objects.filter(pk=member.pk).update(pseudo=None)

    with pytest.raises(PseudoTaken):
        remove_email(member=member, pseudo=charlie.canaries.pseudo.upper(), terminal=HERE, at=NOW)

    member.refresh_from_db()
    assert member.email == alice.canaries.email
    assert EmailAddress.objects.filter(user=member).exists()


def test_there_is_no_email_to_remove_twice(alice: Person) -> None:
    remove_email(member=alice.member, pseudo=None, terminal=HERE, at=NOW)

    with pytest.raises(NoEmail):
        remove_email(member=alice.member, pseudo=None, terminal=HERE, at=NOW)


@promise("P-086")
def test_the_page_warns_then_shows_the_codes_once(alice: Person, signed_in: SignIn) -> None:
    without_phone(alice)
    client = signed_in(alice)

    warning = client.get(REMOVE).content.decode()
    unsure = client.post(REMOVE, {})
    done = client.post(REMOVE, {"sure": "on"})

    codes = re.findall(r"<code>((?:[0-9A-Z]{5}-){3}[0-9A-Z]{5})</code>", done.content.decode())
    assert "ne pourra plus être remplacé par e-mail" in warning
    assert unsure.status_code == 422
    assert len(codes) == 8
    assert "no-store" in done.headers["Cache-Control"]
    assert codes[0] not in client.get("/mon-compte/coordonnees/").content.decode()


def test_the_page_asks_for_a_pseudo_where_none_is_left(alice: Person, signed_in: SignIn) -> None:
    member = without_phone(alice)
    Member.objects.filter(pk=member.pk).update(pseudo=None)
    client = signed_in(alice)

    without = client.post(REMOVE, {"sure": "on"})
    done = client.post(REMOVE, {"sure": "on", "pseudo": "Zzyx.seule"})

    assert without.status_code == 422
    assert 'id="id_pseudo_error"' in without.content.decode()
    assert done.status_code == 200
    assert Member.objects.get(pk=member.pk).pseudo == "Zzyx.seule"


@pytest.mark.parametrize("path", [REMOVE, "/mon-compte/fermer/", "/mon-compte/mes-donnees/"])
def test_an_old_session_gives_the_password_again(
    alice: Person, signed_in_long_ago: SignIn, path: str
) -> None:
    client = signed_in_long_ago(alice)

    answer = client.post(path, {"sure": "on"})

    alice.member.refresh_from_db()
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/mon-compte/securite/confirmer/")
    assert alice.member.email
    assert alice.member.is_active


def test_a_password_given_again_carries_on_where_one_was(
    alice: Person, signed_in_long_ago: SignIn
) -> None:
    client = signed_in_long_ago(alice)
    asked = client.post("/mon-compte/fermer/", {"sure": "on"})

    client.post(asked.headers["Location"], {"password": PASSWORD})

    alice.member.refresh_from_db()
    assert not alice.member.is_active


# --- A recovery code, at the door ----------------------------------------------------------------


def recovery(identifier: str, code: str, password: str = NEW_PASSWORD) -> dict[str, str]:
    return {"identifier": identifier, "code": code, "password": password, "again": password}


def test_a_code_opens_the_door(alice: Person, client: Client) -> None:
    (code, *_) = issue_recovery_codes(member=alice.member, terminal=HERE, at=NOW)

    answer = client.post("/connexion/code-de-recuperation/", recovery(alice.canaries.pseudo, code))

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/connexion/"


@promise("P-081")
def test_a_wrong_code_and_an_unknown_person_get_the_same_answer(
    alice: Person, client: Client
) -> None:
    issue_recovery_codes(member=alice.member, terminal=HERE, at=NOW)
    code = "AAAAA-AAAAA-AAAAA-AAAAA"

    known = client.post("/connexion/code-de-recuperation/", recovery(alice.canaries.pseudo, code))
    unknown = client.post("/connexion/code-de-recuperation/", recovery("personne", code))

    summary = re.compile(r'<div class="summary".*?</div>', re.DOTALL)
    assert (known.status_code, unknown.status_code) == (422, 422)
    assert summary.findall(known.content.decode()) == summary.findall(unknown.content.decode())


def test_a_weak_password_is_refused_and_the_code_kept(alice: Person, client: Client) -> None:
    (code, *_) = issue_recovery_codes(member=alice.member, terminal=HERE, at=NOW)

    answer = client.post(
        "/connexion/code-de-recuperation/", recovery(alice.canaries.pseudo, code, "azerty")
    )

    assert answer.status_code == 422
    assert RecoveryCode.objects.filter(subject=alice.subject).count() == 8
    assert "azerty" not in answer.content.decode()


@promise("P-081")
def test_guessing_codes_is_stopped(db: None, client: Client) -> None:
    guess = recovery("personne", "AAAAA-AAAAA-AAAAA-AAAAA")

    answers = [
        client.post("/connexion/code-de-recuperation/", guess).status_code for _ in range(11)
    ]

    assert answers == [422] * 10 + [429]


# --- Closing -------------------------------------------------------------------------------------


@promise("P-089")
def test_a_closed_account_is_shut_at_once_and_gone_after_the_night(
    alice: Person, signed_in: SignIn, eve: Person
) -> None:
    elsewhere = signed_in(alice)

    close_account(member=alice.member, at=NOW)

    assert elsewhere.get("/mon-compte/").status_code == 302
    assert authenticate(None, username=alice.canaries.pseudo, password=PASSWORD) is None
    assert not Session.objects.filter(subject=alice.subject).exists()
    assert Member.objects.filter(pk=alice.member.pk).exists()

    night = TODAY + timedelta(days=1)
    privacy.retention.carry_out(privacy.retention.plan(night))

    assert not Member.objects.filter(pk=alice.member.pk).exists()
    assert not DataSubject.objects.filter(uuid=alice.subject.uuid).exists()


@promise("P-089")
def test_the_page_says_what_goes_and_what_stays(alice: Person, signed_in: SignIn) -> None:
    closed = Incident.objects.create(
        subject=alice.subject, description="vu", detected_at=NOW, closed_on=TODAY
    )

    page = signed_in(alice).get("/mon-compte/fermer/").content.decode()

    goes, stays = page.split("Ce qui doit rester")
    assert closed.closed_on
    assert "Compte et profil (1 ligne)" in goes
    assert "Signalements et incidents (1 ligne)" in stays
    assert "22 novembre 2031" in stays


@promise("P-089")
def test_closing_takes_a_deliberate_yes(alice: Person, signed_in: SignIn) -> None:
    client = signed_in(alice)

    unsure = client.post("/mon-compte/fermer/", {})
    sure = client.post("/mon-compte/fermer/", {"sure": "on"})

    assert unsure.status_code == 422
    assert sure.headers["Location"] == "/compte-ferme/"
    assert client.get("/compte-ferme/").status_code == 200
    assert client.get("/mon-compte/").status_code == 302


def test_a_locked_person_closes_and_learns_that_erasure_waits(
    alice: Person, signed_in: SignIn
) -> None:
    privacy.restrict(alice.subject, ground="accuracy", on=TODAY)
    client = signed_in(alice)

    page = client.get("/mon-compte/fermer/").content.decode()
    client.post("/mon-compte/fermer/", {"sure": "on"})
    privacy.retention.carry_out(privacy.retention.plan(TODAY + timedelta(days=1)))

    member = Member.objects.get(pk=alice.member.pk)
    assert "Vos données sont verrouillées" in page
    assert not member.is_active


def test_the_last_administrator_stays(eve: Person) -> None:
    with pytest.raises(LastAdministrator):
        close_account(member=eve.member, at=NOW)

    eve.member.refresh_from_db()
    assert eve.member.is_active


def test_one_of_two_administrators_may_leave(eve: Person, bob: Person) -> None:
    Member.objects.filter(pk=bob.member.pk).update(role=Role.ADMINISTRATOR)

    close_account(member=eve.member, at=NOW)

    assert not Member.objects.get(pk=eve.member.pk).is_active


# --- Keeping -------------------------------------------------------------------------------------


def about_to_expire(person: Person) -> str:
    """Five years without a use, but for thirty days; the link of the notice."""
    last_use = date(2021, 12, 22)
    DataSubject.objects.filter(pk=person.subject.pk).update(last_use=last_use)
    return link_to_keep(person.subject, last_day=date(2026, 12, 22))


@promise("P-088")
def test_the_link_shows_and_the_button_keeps(alice: Person, client: Client) -> None:
    token = about_to_expire(alice)

    shown = client.get(f"/mon-compte/garder/{token}/")
    alice.subject.refresh_from_db()
    untouched = alice.subject.last_use
    kept = client.post(f"/mon-compte/garder/{token}/")

    alice.subject.refresh_from_db()
    assert (shown.status_code, kept.status_code) == (200, 200)
    assert untouched == date(2021, 12, 22)
    assert alice.subject.last_use is not None
    assert alice.subject.last_use > untouched


@promise("P-088")
def test_answering_is_a_use_and_the_five_years_start_again(alice: Person) -> None:
    token = about_to_expire(alice)

    keep_account(token=token, at=NOW)

    alice.subject.refresh_from_db()
    assert alice.subject.last_use == TODAY


def test_a_link_dies_with_its_term(alice: Person) -> None:
    token = about_to_expire(alice)

    assert owner_of_link(token, on=date(2026, 12, 22)) == alice.member
    with pytest.raises(LinkNoLongerValid):
        keep_account(token=token, at=paris_midnight(date(2026, 12, 23)))


def test_a_closed_account_is_not_kept(alice: Person) -> None:
    token = about_to_expire(alice)
    close_account(member=alice.member, at=NOW)

    with pytest.raises(LinkNoLongerValid):
        keep_account(token=token, at=NOW)


@pytest.mark.parametrize("token", ["x", "a:b:c", "%00", "é" * 40])
def test_a_forged_link_is_not_found(db: None, client: Client, token: str) -> None:
    assert client.get(f"/mon-compte/garder/{token}/").status_code == 404
    assert client.post(f"/mon-compte/garder/{token}/").status_code == 404


def test_the_database_itself_refuses_two_pseudos_of_different_case(
    alice: Person, charlie: Person
) -> None:
    with pytest.raises(IntegrityError):
        Member.objects.filter(pk=alice.member.pk).update(pseudo=charlie.canaries.pseudo.upper())
