"""An address without an account is invited: sign-up, proof, place; or nothing stays."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse

from clairevoie.learning.actions import gathering, inviting_addresses
from clairevoie.learning.admin.cohort_forms import InviteForm
from clairevoie.learning.invitations import token_of
from clairevoie.learning.models import (
    AddressInvitation,
    Cohort,
    CohortInvitation,
    Enrolment,
    Parcours,
    Way,
)
from clairevoie.messaging import Message
from clairevoie.privacy.models import ContactPoint, DataSubject
from tests.accounts.test_joining import BY_EMAIL, code_sent_to
from tests.cast import NOW, TODAY
from tests.gestion.conftest import give_second_factor
from tests.learning.folder import SLUG, sources
from tests.learning.learner import import_one, signed_in

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries
    from time_machine import TimeMachineFixture

    from tests.cast import Person

pytestmark = pytest.mark.django_db

ADDRESS = "Nouvelle@exemple.fr"


@pytest.fixture(autouse=True)
def _today(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def parcours(db: None) -> Parcours:
    return import_one(sources())


@pytest.fixture
def cohort(parcours: Parcours, eve: Person) -> Cohort:
    return _open(parcours, "Automne", eve)


def _open(parcours: Parcours, name: str, eve: Person) -> Cohort:
    return gathering.open_cohort(
        parcours=parcours,
        name=name,
        starts_on=TODAY,
        ends_on=None,
        author=eve.subject.uuid,
        at=NOW,
    )


def _invite(cohort: Cohort, eve: Person, *addresses: str) -> list[AddressInvitation]:
    return inviting_addresses.invite_addresses(
        cohort=cohort, addresses=addresses or [ADDRESS], author=eve.subject.uuid, at=NOW
    )


def _page_of(invitation: AddressInvitation) -> str:
    return f"/invitation/{token_of(invitation)}/"


def _sign_up(client: Client, page: str, *, email: str = ADDRESS) -> str:
    """Through the form and the code; returns where it leads."""
    client.post(f"/inscription/?next={page}", {**BY_EMAIL, "email": email, "next": page})
    code = code_sent_to(email.lower())
    return client.post("/verification/e-mail/", {"code": code, "next": page})["Location"]


# --- From the mail to the place -----------------------------------------------------------------


def test_an_address_without_an_account_is_invited_signs_up_and_joins(
    client: Client, flora: Person, cohort: Cohort
) -> None:
    give_second_factor(flora)
    room = reverse("admin:learning_cohort_inviter", args=[cohort.slug])
    signed_in(flora).post(room, {"people": ADDRESS})
    message = Message.objects.get(address=ADDRESS)
    link = re.search(r"/invitation/\S+", message.text)
    assert link is not None

    landing = client.get(link[0])
    to_sign_up = client.post(link[0])["Location"]
    form = client.get(to_sign_up).content.decode()
    again = client.get(to_sign_up).content.decode()
    back = _sign_up(client, link[0])
    offered = client.get(back).content.decode()
    joined = client.post(back)

    assert "Ouvrir mon compte" in landing.content.decode()
    assert ADDRESS not in to_sign_up, "addresses stay out of logs"
    assert f'value="{ADDRESS}"' in form
    assert ADDRESS not in again, "filled once, and not kept"
    assert back == link[0]
    assert "Rejoindre la session" in offered
    assert joined["Location"] == f"/apprendre/{SLUG}/"
    enrolment = Enrolment.objects.get()
    assert (enrolment.cohort_id, enrolment.way) == (cohort.slug, Way.INVITATION)


def test_what_was_kept_of_the_address_becomes_the_members_own(
    client: Client, eve: Person, parcours: Parcours, cohort: Cohort
) -> None:
    other = _open(parcours, "Hiver", eve)
    [invitation], [second] = _invite(cohort, eve), _invite(other, eve)
    _sign_up(client, _page_of(invitation))

    client.post(_page_of(invitation))

    member = Enrolment.objects.get().subject
    assert second.subject_id == invitation.subject_id, "one person an address"
    assert not DataSubject.objects.filter(pk=invitation.subject_id).exists()
    assert not AddressInvitation.objects.exists()
    used = dict(CohortInvitation.objects.of(member).values_list("cohort", "used_on"))
    assert used == {cohort.slug: TODAY, other.slug: None}
    assert Message.objects.of(member).filter(template="learning/address_invitation").count() == 2
    assert ContactPoint.objects.filter(normalised=ADDRESS.lower()).count() == 1
    assert client.get(_page_of(second)).status_code == 200


# --- The link alone proves nothing --------------------------------------------------------------


def test_a_forwarded_link_gives_the_place_to_nobody_else(
    client: Client, charlie: Person, eve: Person, cohort: Cohort
) -> None:
    [invitation] = _invite(cohort, eve)
    page = _page_of(invitation)

    forwarded = signed_in(charlie).post(page, follow=True).content.decode()
    _sign_up(client, page, email="autre@exemple.fr")
    with_another = client.post(page, follow=True).content.decode()

    for said in (forwarded, with_another):
        assert "à une autre adresse que celle de votre compte" in said
        assert "Rejoindre la session" not in said
        assert ADDRESS not in said
    assert not Enrolment.objects.exists()


def test_opening_the_link_writes_nothing_and_a_forged_one_leads_nowhere(
    client: Client, eve: Person, cohort: Cohort
) -> None:
    [invitation] = _invite(cohort, eve)
    page = _page_of(invitation)

    opened = [client.get(page), client.get(f"{page}refuser/")]
    forged = client.get(f"{page[:-2]}x/")

    assert [each.status_code for each in opened] == [200, 200]
    assert not any(each.cookies.get("sessionid") for each in opened)
    assert opened[0]["X-Robots-Tag"] == "noindex, nofollow"
    assert ADDRESS not in opened[0].content.decode()
    assert forged.status_code == 404
    assert AddressInvitation.objects.count() == 1


# --- Nothing stays of who does not come ---------------------------------------------------------


def test_whoever_declines_leaves_nothing(client: Client, eve: Person, cohort: Cohort) -> None:
    [invitation] = _invite(cohort, eve)

    answer = client.post(f"{_page_of(invitation)}refuser/")
    later = client.get(_page_of(invitation))

    assert "votre adresse effacée" in answer.content.decode()
    assert later.status_code == 404
    assert "Aucune invitation ici" in later.content.decode()
    _assert_gone(invitation)


def test_declining_one_session_keeps_the_place_in_another(
    eve: Person, parcours: Parcours, cohort: Cohort
) -> None:
    [one], [other] = _invite(cohort, eve), _invite(_open(parcours, "Hiver", eve), eve)

    inviting_addresses.decline(invitation=one, at=NOW)

    assert AddressInvitation.objects.get() == other
    inviting_addresses.decline(invitation=other, at=NOW)
    _assert_gone(one)


def test_without_an_answer_the_address_leaves_after_thirty_days(
    eve: Person, cohort: Cohort
) -> None:
    [invitation] = _invite(cohort, eve)

    kept = inviting_addresses.forget_unanswered(on=invitation.last_day)
    gone = inviting_addresses.forget_unanswered(on=invitation.last_day + timedelta(days=1))

    assert (kept, gone) == (0, 1)
    _assert_gone(invitation)


def test_whoever_refuses_to_be_invited_is_never_again(
    client: Client, eve: Person, cohort: Cohort
) -> None:
    [invitation] = _invite(cohort, eve)
    stop = re.search(r"/desinscription/\S+", Message.objects.get().text)
    assert stop is not None

    client.post(stop[0], {"what": "this"})
    night = inviting_addresses.forget_unanswered(on=TODAY)

    assert night == 1
    _assert_gone(invitation)
    assert _invite(cohort, eve) == []
    assert not Message.objects.exists()


def test_somebody_known_is_never_erased_with_an_invitation(eve: Person, cohort: Cohort) -> None:
    [invitation] = _invite(cohort, eve)
    ContactPoint.objects.filter(subject=invitation.subject).update(verified_on=TODAY)

    inviting_addresses.forget_unanswered(on=TODAY + timedelta(days=90))
    inviting_addresses.decline(invitation=invitation, at=NOW)

    assert DataSubject.objects.filter(pk=invitation.subject_id).exists()
    assert not AddressInvitation.objects.exists()


def _assert_gone(invitation: AddressInvitation) -> None:
    assert not AddressInvitation.objects.exists()
    assert not ContactPoint.objects.filter(normalised=ADDRESS.lower()).exists()
    assert not Message.objects.filter(address=ADDRESS).exists()
    assert not DataSubject.objects.filter(pk=invitation.subject_id, erased_on=None).exists()


# --- The room -----------------------------------------------------------------------------------


def test_inviting_costs_the_same_for_one_and_for_fifty(
    eve: Person, cohort: Cohort, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    fifty = [f"p{number}@exemple.fr" for number in range(50)]

    with django_assert_max_num_queries(30):
        written = _invite(cohort, eve, *fifty)
    renewed = _invite(cohort, eve, "P1@exemple.fr", "p1@exemple.fr")

    assert len(written) == 50
    assert [each.pk for each in renewed] == [written[1].pk]
    assert Message.objects.count() == 51


def test_the_room_names_addresses_and_refuses_what_is_none(
    alice: Person, flora: Person, cohort: Cohort
) -> None:
    give_second_factor(flora)
    client = signed_in(flora)
    room = reverse("admin:learning_cohort_inviter", args=[cohort.slug])

    wrong = client.post(room, {"people": f"{ADDRESS}\npersonne\nx@"})
    client.post(room, {"people": f"{ADDRESS}\n{alice.canaries.email}"})
    page = client.get(reverse("admin:learning_cohort_change", args=[cohort.slug]))

    assert wrong.status_code == 422
    assert "complète\u00a0: personne, x@." in wrong.content.decode()
    assert ADDRESS in page.content.decode()
    assert CohortInvitation.objects.get().subject_id == alice.subject.pk
    assert AddressInvitation.objects.count() == 1


def test_the_form_knows_a_hundred_lines_in_as_many_queries_as_one(
    alice: Person, charlie: Person, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    known = [alice.canaries.email, charlie.canaries.pseudo, str(charlie.subject.uuid)]
    strangers = [f"p{number}@exemple.fr" for number in range(100)]
    form = InviteForm({"people": "\n".join([*known, *strangers])})

    with django_assert_max_num_queries(8):
        assert form.is_valid()

    invited = form.cleaned_data["people"]
    assert {person.pk for person in invited.members} == {alice.subject.pk, charlie.subject.pk}
    assert invited.addresses == strangers
