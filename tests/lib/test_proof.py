"""The token of a form is Django's: its middleware takes it, once and for one reader."""

from __future__ import annotations

from collections import Counter

import pytest
from django.middleware.csrf import (  # type: ignore[attr-defined]  # the stubs leave two out
    CSRF_ALLOWED_CHARS,
    _does_token_match,
    _unmask_cipher_token,
)
from django.test import Client, RequestFactory

from clairevoie.lib.proof import token

SECRET = "aZ09" * 8


def tokens(count: int) -> list[str]:
    request = RequestFactory().get("/")
    request.META["CSRF_COOKIE"] = SECRET
    return [token(request) for _ in range(count)]


def test_django_reads_the_secret_in_each_token_and_no_two_are_the_same() -> None:
    drawn = tokens(50)

    assert len(set(drawn)) == 50
    assert {_unmask_cipher_token(each) for each in drawn} == {SECRET}
    assert all(_does_token_match(each, SECRET) for each in drawn)
    assert not _does_token_match(drawn[0], SECRET[::-1])


def test_every_sign_is_drawn_as_often_as_any_other() -> None:
    drawn = Counter("".join(each[:32] for each in tokens(2000)))

    expected = 2000 * 32 / len(CSRF_ALLOWED_CHARS)
    assert set(drawn) == set(CSRF_ALLOWED_CHARS)
    # Eight deviations: a healthy source misses this once in many lives of this test.
    assert all(abs(count - expected) < 8 * expected**0.5 for count in drawn.values())


@pytest.mark.django_db
def test_a_form_is_taken_with_its_token_and_refused_without() -> None:
    client = Client(enforce_csrf_checks=True)
    page = client.get("/connexion/")
    again = client.get("/connexion/")
    sent = {"login": "personne@example.org", "password": "x" * 16}

    told = page.context["csrf_token"]
    taken = client.post("/connexion/", {**sent, "csrfmiddlewaretoken": str(told)})
    refused = client.post("/connexion/", sent)
    forged = client.post("/connexion/", {**sent, "csrfmiddlewaretoken": "a" * 64})

    assert str(told) in page.content.decode()
    assert [answer.status_code for answer in (taken, refused, forged)] == [400, 403, 403], (
        "a wrong password is told by the page itself"
    )
    assert "clairevoie_csrf" in page.cookies
    assert "clairevoie_csrf" not in again.cookies, "written again, it would change nothing"
    assert "Cookie" in again["Vary"]
