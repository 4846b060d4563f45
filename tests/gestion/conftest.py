"""Staff at work: signed in, with a second factor."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

if TYPE_CHECKING:
    from tests.cast import Person

SignIn = Callable[["Person"], Client]


def give_second_factor(person: Person) -> None:
    """As the person would have done under « Connexion et sécurité »."""
    from allauth.mfa.models import Authenticator  # needs the apps, which load after this file

    Authenticator.objects.get_or_create(
        user=person.member, type=Authenticator.Type.TOTP, defaults={"data": {}}
    )


def press(client: Client, url: str, **said: Any) -> Any:
    """Open the page of a deed, and press its button: it knows what was read there."""
    read = re.search(r'name="lu" value="(\w+)"', client.get(url).content.decode())
    return client.post(url, {**said, **({"lu": read[1]} if read else {})})


@pytest.fixture
def at_work() -> SignIn:
    """A client in which somebody of the staff is signed in, second factor included."""

    def sign_in(person: Person) -> Client:
        give_second_factor(person)
        client = Client()
        client.force_login(person.member)
        return client

    return sign_in
