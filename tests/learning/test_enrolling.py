"""Ways into a parcours: open, asked for, by contract, by invitation."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse

from clairevoie.learning.actions import deciding, enrolling, gathering, inviting
from clairevoie.learning.invitations import token_of
from clairevoie.learning.models import (
    Candidacy,
    Cohort,
    CohortInvitation,
    Enrolment,
    Parcours,
    Teaching,
    Way,
)
from clairevoie.messaging import Message
from clairevoie.privacy.models import LedgerEntry
from tests.cast import NOW, TODAY
from tests.gestion.conftest import give_second_factor
from tests.learning.folder import SLUG, sources
from tests.learning.learner import follow, import_one, signed_in

if TYPE_CHECKING:
    from tests.cast import Person

pytestmark = pytest.mark.django_db

PAGE, ASK = f"/parcours/{SLUG}/", f"/parcours/{SLUG}/demande/"


@pytest.fixture
def parcours(db: None) -> Parcours:
    return import_one(sources())


@pytest.fixture
def asked(parcours: Parcours, eve: Person) -> Parcours:
    """Followed by those whose application was accepted."""
    return _by(parcours, Way.APPLICATION, eve)


@pytest.fixture
def cohort(parcours: Parcours, eve: Person) -> Cohort:
    return gathering.open_cohort(
        parcours=parcours,
        name="Automne",
        starts_on=TODAY,
        ends_on=None,
        author=eve.subject.uuid,
        at=NOW,
    )


def _by(parcours: Parcours, way: Way, eve: Person) -> Parcours:
    gathering.change_way(parcours=parcours, way=way, author=eve.subject.uuid, at=NOW)
    return parcours


def _at_work(person: Person) -> Client:
    give_second_factor(person)
    return signed_in(person)


def _ask(person: Person, parcours: Parcours, words: str = "J’aime compter.") -> Candidacy:
    return deciding.ask(subject=person.subject, parcours=parcours, words=words, at=NOW)


# --- Open ---------------------------------------------------------------------------------------


def test_beginning_twice_is_beginning_once(alice: Person, parcours: Parcours) -> None:
    first, second = follow(alice, parcours), follow(alice, parcours)

    assert first.pk == second.pk
    assert first.edition == parcours.current
    assert LedgerEntry.objects.filter(executor="learning.enrol").count() == 1


def test_a_visitor_is_led_to_an_account_and_back(client: Client, parcours: Parcours) -> None:
    page = client.get(PAGE).content.decode()

    assert f'href="/connexion/?next={PAGE}"' in page
    assert client.get(f"{PAGE}suivre/")["Location"] == f"/connexion/?next={PAGE}suivre/"


def test_a_member_begins_by_a_button_and_then_goes_on(alice: Person, parcours: Parcours) -> None:
    client = signed_in(alice)

    before = client.get(PAGE).content.decode()
    client.post(f"{PAGE}suivre/")
    after = client.get(PAGE).content.decode()

    assert f'action="{PAGE}suivre/"' in before
    assert f'href="/apprendre/{SLUG}/"' in after


def test_what_is_not_open_is_not_begun_by_hand(alice: Person, asked: Parcours) -> None:
    answer = signed_in(alice).post(f"{PAGE}suivre/", follow=True)

    assert "demandez d’abord votre inscription" in answer.content.decode()
    assert not Enrolment.objects.exists()


# --- Asked for ----------------------------------------------------------------------------------


def test_alice_asks_flora_accepts_and_alice_is_told(
    alice: Person, flora: Person, asked: Parcours
) -> None:
    client = signed_in(alice)

    empty = client.post(ASK, {"words": ""})
    sent = client.post(ASK, {"words": "J’aime compter."})
    candidacy = Candidacy.objects.get()
    answered = _at_work(flora).post(
        reverse("admin:learning_candidacy_accepter", args=[candidacy.uuid]),
        {"cohort": "", "contract": "", "reason": "Bienvenue."},
    )

    assert (empty.status_code, sent.status_code, answered.status_code) == (422, 302, 302)
    candidacy.refresh_from_db()
    assert (candidacy.decision, candidacy.decided_by) == ("accepted", flora.subject.uuid)
    assert Enrolment.objects.get().way == Way.APPLICATION
    assert "est acceptée" in Message.objects.of(alice.subject).get().title


def test_a_refusal_says_why_and_one_may_ask_again(
    alice: Person, flora: Person, asked: Parcours
) -> None:
    candidacy = _ask(alice, asked)
    url = reverse("admin:learning_candidacy_refuser", args=[candidacy.uuid])

    silent = _at_work(flora).post(url, {"reason": ""})
    _at_work(flora).post(url, {"reason": "Suivez d’abord « Compter »."})
    again = _ask(alice, asked)

    assert silent.status_code == 422
    assert "Suivez d’abord" in Message.objects.of(alice.subject).get().text
    assert again.decision == ""
    assert not Enrolment.objects.exists()


def test_a_candidacy_is_decided_once_and_taken_back_at_will(
    alice: Person, charlie: Person, eve: Person, asked: Parcours
) -> None:
    decided = _ask(alice, asked)
    deciding.accept(candidacy=decided, author=eve.subject.uuid, at=NOW)
    _ask(charlie, asked)

    with pytest.raises(deciding.AlreadyDecided):
        deciding.refuse(candidacy=decided, reason="Non.", author=eve.subject.uuid, at=NOW)
    with pytest.raises(deciding.AlreadyFollowed):
        _ask(alice, asked)
    signed_in(charlie).post(f"{ASK}retirer/")

    assert [each.subject_id for each in Candidacy.objects.all()] == [alice.subject.pk]
    late = signed_in(alice).post(f"{ASK}retirer/", follow=True)
    assert "a déjà reçu sa réponse" in late.content.decode()
    assert signed_in(charlie).post(f"{ASK}retirer/").status_code == 404


def test_a_contract_is_signed_before_one_begins(
    alice: Person, eve: Person, parcours: Parcours
) -> None:
    candidacy = _ask(alice, _by(parcours, Way.CONTRACT, eve))

    with pytest.raises(enrolling.ContractMissing):
        deciding.accept(candidacy=candidacy, author=eve.subject.uuid, at=NOW)
    deciding.accept(candidacy=candidacy, author=eve.subject.uuid, contract="2026-117", at=NOW)

    enrolment = Enrolment.objects.get()
    assert (enrolment.way, enrolment.contract) == (Way.CONTRACT, "2026-117")


# --- Cohorts and invitations --------------------------------------------------------------------


def test_alice_is_invited_by_mail_and_joins_with_her_link(
    alice: Person, charlie: Person, flora: Person, cohort: Cohort
) -> None:
    url = reverse("admin:learning_cohort_inviter", args=[cohort.slug])

    unknown = _at_work(flora).post(url, {"people": "personne"})
    _at_work(flora).post(url, {"people": f"{alice.canaries.email}\n{alice.canaries.pseudo}"})
    text = Message.objects.of(alice.subject).get().text
    link = re.search(r"/invitation/\S+", text)
    assert link is not None
    page, stranger = signed_in(alice).get(link[0]), signed_in(charlie).get(link[0])
    joined = signed_in(alice).post(link[0])
    again = signed_in(alice).post(link[0], follow=True)

    assert unknown.status_code == 422
    assert "Ni compte connu" in unknown.content.decode()
    assert (page.status_code, stranger.status_code) == (200, 404)
    assert joined["Location"] == f"/apprendre/{SLUG}/"
    enrolment = Enrolment.objects.get()
    assert (enrolment.cohort_id, enrolment.way) == (cohort.slug, Way.INVITATION)
    assert "a déjà servi" in again.content.decode()


def test_an_invitation_ends_after_thirty_days(alice: Person, eve: Person, cohort: Cohort) -> None:
    [invitation] = inviting.invite(
        cohort=cohort, people=[alice.subject], author=eve.subject.uuid, at=NOW
    )

    with pytest.raises(inviting.InvitationClosed):
        inviting.accept(invitation=invitation, at=NOW + timedelta(days=31))

    renewed = inviting.invite(
        cohort=cohort, people=[alice.subject], author=eve.subject.uuid, at=NOW + timedelta(days=40)
    )
    assert [each.pk for each in renewed] == [invitation.pk]
    inviting.accept(invitation=renewed[0], at=NOW + timedelta(days=41))
    assert signed_in(alice).get(f"/invitation/{token_of(invitation)}x/").status_code == 404


def test_only_those_who_do_not_follow_are_invited(
    alice: Person, charlie: Person, dora: Person, eve: Person, cohort: Cohort
) -> None:
    follow(alice, Parcours.objects.select_related("current").get(slug=SLUG))

    written = inviting.invite(
        cohort=cohort,
        people=[alice.subject, charlie.subject, dora.subject],
        author=eve.subject.uuid,
        at=NOW,
    )

    assert [each.subject_id for each in written] == [charlie.subject.pk]
    assert CohortInvitation.objects.count() == 1


def test_whoever_follows_with_one_session_is_not_said_to_join_another(
    alice: Person, eve: Person, cohort: Cohort
) -> None:
    parcours = Parcours.objects.select_related("current").get(slug=SLUG)
    spring = Cohort.objects.create(
        slug="printemps", parcours=parcours, name="Printemps", starts_on=TODAY
    )
    [to_spring] = inviting.invite(
        cohort=spring, people=[alice.subject], author=eve.subject.uuid, at=NOW
    )
    enrolment = enrolling.enrol(
        subject=alice.subject, parcours=parcours, way=Way.INVITATION, cohort=cohort, at=NOW
    )

    answer = signed_in(alice).post(f"/invitation/{token_of(to_spring)}/", follow=True)
    by_contract = _at_work(eve).post(
        reverse("admin:learning_cohort_contrat", args=["printemps"]),
        {"person": alice.canaries.email, "contract": "2026-118"},
    )

    assert "avec une autre session" in answer.content.decode()
    assert by_contract.status_code == 422
    assert "2026-118" in by_contract.content.decode(), "what was typed stays"
    to_spring.refresh_from_db()
    assert to_spring.used_on is None
    assert Enrolment.objects.get(pk=enrolment.pk).cohort_id == cohort.slug


def test_a_contract_signed_by_who_follows_already_is_written_down(
    alice: Person, eve: Person, cohort: Cohort
) -> None:
    follow(alice, Parcours.objects.select_related("current").get(slug=SLUG))

    _at_work(eve).post(
        reverse("admin:learning_cohort_contrat", args=[cohort.slug]),
        {"person": alice.canaries.email, "contract": "2026-118"},
    )

    enrolment = Enrolment.objects.get()
    assert (enrolment.way, enrolment.contract) == (Way.CONTRACT, "2026-118")
    assert enrolment.cohort_id == cohort.slug


def test_a_session_is_opened_and_taught_from_the_back_office(
    bob: Person, charlie: Person, eve: Person, parcours: Parcours
) -> None:
    client = _at_work(eve)
    opening = reverse("admin:learning_cohort_open")
    typed = {"parcours": parcours.pk, "name": "Hiver", "starts_on": "2026-12-01"}

    early = client.post(opening, {**typed, "ends_on": "2026-11-01"})
    client.post(opening, {**typed, "ends_on": ""})
    twice = client.post(opening, {**typed, "ends_on": ""})
    cohort = Cohort.objects.get()
    teach = reverse("admin:learning_cohort_encadrer", args=[cohort.slug])
    learner = client.post(teach, {"trainer": charlie.canaries.email})
    client.post(teach, {"trainer": bob.canaries.email})
    page = client.get(reverse("admin:learning_cohort_change", args=[cohort.slug]))

    assert [each.status_code for each in (early, twice, learner)] == [422, 422, 422]
    assert "La fin vient avant le début." in early.content.decode()
    assert "porte déjà ce nom" in twice.content.decode()
    assert "n’a pas le rôle de formateur" in learner.content.decode()
    assert Teaching.objects.get().subject_id == bob.subject.pk
    assert bob.canaries.last_name in page.content.decode()


def test_the_rooms_say_who_follows_and_never_how_far(
    alice: Person, eve: Person, parcours: Parcours
) -> None:
    enrolment = follow(alice, parcours)
    signed_in(alice).post(f"/apprendre/{SLUG}/au-centre/la-mediane/")
    client = _at_work(eve)

    rooms = [
        client.get(reverse("admin:learning_enrolment_changelist")),
        client.get(reverse("admin:learning_enrolment_change", args=[enrolment.uuid])),
    ]

    for room in rooms:
        said = room.content.decode()
        assert alice.canaries.last_name in said
        assert "la-mediane" not in said
        assert "La médiane" not in said
