"""A prepared read builds the same objects as the queryset it was written from."""

from __future__ import annotations

from threading import Thread
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clairevoie.accounts.models import Member
from clairevoie.lib.prepared import Prepared, PreparedRows
from clairevoie.privacy.models import ContactPoint
from tests.cast import TODAY, Person

MEMBERS = Prepared(lambda key: Member.objects.select_related("subject").filter(pseudo=key))


@pytest.mark.django_db
def test_the_object_is_the_one_a_queryset_builds(alice: Person) -> None:
    pseudo = alice.canaries.pseudo

    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = MEMBERS.get(pseudo)
        assert found is not None
        subject = found.subject

    ordinary = Member.objects.select_related("subject").get(pseudo=pseudo)
    assert len(queries) == 1
    assert {k: v for k, v in vars(found).items() if k != "_state"} == {
        k: v for k, v in vars(ordinary).items() if k != "_state"
    }
    assert vars(subject)["uuid"] == ordinary.subject.uuid
    assert subject.last_use == ordinary.subject.last_use


@pytest.mark.django_db
def test_an_unknown_key_finds_nothing() -> None:
    assert MEMBERS.get("nobody") is None


@pytest.mark.django_db(transaction=True)
def test_each_thread_and_each_connection_has_its_own(alice: Person) -> None:
    found: list[Member | None] = [MEMBERS.get(alice.canaries.pseudo)]
    connection.close()
    found.append(MEMBERS.get(alice.canaries.pseudo))

    def read() -> None:
        found.append(MEMBERS.get(alice.canaries.pseudo))
        connection.close()

    thread = Thread(target=read)
    thread.start()
    thread.join()

    assert [member and member.pk for member in found] == [alice.member.pk] * 3


@pytest.mark.django_db
def test_more_than_one_parameter_is_refused() -> None:
    two = Prepared(lambda key: Member.objects.filter(pseudo=key, town="Paris"))

    with pytest.raises(ValueError, match="one parameter"):
        two.get("x")


@pytest.mark.django_db
def test_parameters_that_never_change_stay_in_their_places(alice: Person, bob: Person) -> None:
    where = Prepared(
        lambda pseudo, town: Member.objects.filter(town=town).filter(country="FR", pseudo=pseudo),
        example=("%pseudo%", "%town%"),
        fixed=True,
    )
    twice = Prepared(lambda key: Member.objects.filter(pseudo=key, town="prepared"), fixed=True)

    for person in (alice, bob, alice):
        found = where.get(person.canaries.pseudo, "Bagnolet")
        assert found is not None
        assert found.pk == person.member.pk
    assert where.get("Bagnolet", alice.canaries.pseudo) is None
    with pytest.raises(ValueError, match="one parameter"):
        twice.get("x")


@pytest.mark.django_db
def test_several_keys_and_several_rows_are_read(alice: Person, bob: Person) -> None:
    contacts = PreparedRows(
        lambda kind, subject: (
            ContactPoint.objects.filter(kind=kind)
            .filter(subject__uuid=subject)
            .values_list("raw", "verified_on")
        ),
        example=("kind", UUID(int=0)),
    )
    members: Prepared[Member] = Prepared(
        lambda town: Member.objects.filter(town=town).order_by("pk"), example=("town",)
    )

    rows = contacts.get("email", alice.subject.uuid)

    assert [tuple(row) for row in rows] == [(alice.canaries.email, TODAY)]
    assert [member.pk for member in members.all("Bagnolet")] == [alice.member.pk, bob.member.pk]
    assert contacts.get("email", UUID(int=1)) == []
