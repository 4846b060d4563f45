"""Whoever is refused something, or loses something, is told where to complain (P-106)."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final
from zipfile import ZipFile

import pytest
from django.test import Client

import clairevoie
from clairevoie import privacy
from clairevoie.accounts.actions.suspending import suspend_member
from clairevoie.messaging.models import Message
from tests.cast import NOW, Person
from tests.promises import promise

HOUSE: Final = Path(clairevoie.__file__).parent
AUTHORITY: Final = ("3 place de Fontenoy, TSA 80715, 75334 Paris cedex 07", "cnil.fr", "juge")
# Messages that refuse, take away or answer a request: a new one is written here.
REFUSALS: Final = {
    *("accounts/suspended", "accounts/sign-up-refused", "accounts/closed-not-erased"),
    *("accounts/closed", "accounts/release-announced", "learning/candidacy_refused"),
}


@promise("P-106")
@pytest.mark.parametrize("template", sorted(REFUSALS))
@pytest.mark.parametrize("form", ["txt", "html"])
def test_every_message_that_refuses_says_where_to_complain(template: str, form: str) -> None:
    [path] = HOUSE.glob(f"*/templates/messages/{template}.{form}")

    assert f'{{% include "messages/remedies.{form}" %}}' in path.read_text()


@promise("P-106")
@pytest.mark.django_db
def test_a_suspended_person_reads_the_address_of_the_authority(alice: Person, eve: Person) -> None:
    suspend_member(
        member=alice.member,
        author=eve.member,
        reason_code="partage",
        reason="Deux personnes.",
        appeal="Répondez à ce message.",
        at=NOW,
    )

    told = Message.objects.get(template="accounts/suspended")
    assert all(said in told.text and said in told.html for said in AUTHORITY)


@promise("P-106")
@pytest.mark.django_db
def test_the_public_page_and_the_copy_of_ones_data_say_it_too(alice: Person) -> None:
    written = io.BytesIO()
    privacy.export(alice.subject, to=written, at=NOW)

    cover = ZipFile(written).read("lisez-moi.html").decode()
    page = Client().get("/confidentialite/").content.decode()

    assert all(said in page for said in AUTHORITY)
    assert all(said in cover for said in AUTHORITY[:2])
