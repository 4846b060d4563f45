"""The switch of a recipient: who may press it, what it stops, and what is written down."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clairevoie import privacy
from clairevoie.lib import calendar
from clairevoie.privacy.models import Disclosure, LedgerEntry, RecipientStop
from clairevoie.privacy.recipients import DisclosureRefused
from tests.cast import TODAY
from tests.promises import promise

if TYPE_CHECKING:
    from tests.cast import Person
    from tests.gestion.conftest import SignIn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("recipients_as_they_are")]

PAGE = "/gestion/destinataires/"


@promise("P-040")
def test_an_administrator_cuts_a_recipient_off_and_restores_it(
    eve: Person, alice: Person, at_work: SignIn
) -> None:
    client = at_work(eve)

    said = client.post(
        f"{PAGE}couper/", {"recipient": "webmail", "reason": "Contrat échu"}, follow=True
    ).text

    assert "plus rien ne part" in said
    assert "Contrat échu" in said
    assert privacy.recipients.stopped() == {"webmail"}
    with pytest.raises(DisclosureRefused):
        privacy.disclose(
            alice.subject, recipient="webmail", activity="rights", fields=["e-mail"], on=TODAY
        )
    assert not Disclosure.including_restricted.exists()

    client.post(f"{PAGE}retablir/", {"recipient": "webmail"})

    assert privacy.recipients.stopped() == frozenset()
    verbs = LedgerEntry.objects.filter(executor__startswith="recipients.").order_by("id")
    assert [entry.executor for entry in verbs] == ["recipients.stop", "recipients.resume"]
    assert all(entry.facts["author"] == str(eve.subject.uuid) for entry in verbs)


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"recipient": "webmail"}, "Dites pourquoi ce destinataire est coupé."),
        ({"recipient": "inconnu", "reason": "x"}, "n’est pas au registre"),
        ({"recipient": "webmail", "reason": "x" * 201}, "200"),
    ],
)
def test_what_cannot_be_cut_off_is_said(
    eve: Person, at_work: SignIn, form: dict[str, str], sentence: str
) -> None:
    said = at_work(eve).post(f"{PAGE}couper/", form, follow=True).text

    assert sentence in said
    assert not RecipientStop.objects.exists()


def test_the_same_switch_pressed_twice_is_said_once(eve: Person, at_work: SignIn) -> None:
    client, form = at_work(eve), {"recipient": "webmail", "reason": "Essai"}
    client.post(f"{PAGE}couper/", form)

    again = client.post(f"{PAGE}couper/", form, follow=True).text
    restored_twice = [
        client.post(f"{PAGE}retablir/", {"recipient": "webmail"}, follow=True).text
        for _ in range(2)
    ][-1]

    assert "déjà coupé" in again
    assert "n’est pas coupé" in restored_twice
    assert RecipientStop.objects.count() == 1


@pytest.mark.parametrize("who", ["flora", "gaston", "bob"])
def test_others_may_not_press_it(
    who: str, at_work: SignIn, request: pytest.FixtureRequest
) -> None:
    client = at_work(request.getfixturevalue(who))

    answer = client.post(f"{PAGE}couper/", {"recipient": "webmail", "reason": "x"})

    assert answer.status_code == 403
    assert client.get(f"{PAGE}couper/").status_code in (403, 405)
    assert not RecipientStop.objects.exists()


def test_asking_who_is_stopped_costs_one_query_every_two_seconds() -> None:
    privacy.recipients.stop(recipient="webmail", author=uuid4(), reason="Essai", at=calendar.now())

    with CaptureQueriesContext(connection) as asked:
        for _ in range(5):
            assert privacy.recipients.stopped() == {"webmail"}

    assert len(asked) == 1
