"""Browsers for the pages of « Mon compte »."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.test import Client

if TYPE_CHECKING:
    from tests.cast import Person

SignIn = Callable[["Person"], Client]


@pytest.fixture
def signed_in(db: None) -> SignIn:
    """A client whose person gave their password a moment ago."""

    def sign_in(person: Person) -> Client:
        client = Client()
        client.force_login(person.member)
        return with_proof(client, person, seconds_ago=0)

    return sign_in


@pytest.fixture
def signed_in_long_ago(db: None) -> SignIn:
    """A client whose person gave their password sixteen minutes ago."""

    def sign_in(person: Person) -> Client:
        client = Client()
        client.force_login(person.member)
        return with_proof(client, person, seconds_ago=16 * 60)

    return sign_in


def with_proof(client: Client, person: Person, *, seconds_ago: int) -> Client:
    """Note a password given ``seconds_ago``, where allauth notes it."""
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time() - seconds_ago, "reauthenticated": True}
    ]
    session["account_authentication_methods_user"] = str(person.member.pk)
    session.save()
    return client
