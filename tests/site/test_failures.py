"""When something goes wrong: what happened, and what to do next."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from pytest_django import Settings

from clairevoie.config import urls as real
from tests.site.conftest import read


def _raise(error: Exception) -> Callable[[HttpRequest], HttpResponse]:
    def view(_request: HttpRequest) -> HttpResponse:
        raise error

    return view


urlpatterns = [
    *real.urlpatterns,
    path("essai/400/", _raise(SuspiciousOperation("x"))),
    path("essai/403/", _raise(PermissionDenied("x"))),
    path("essai/500/", _raise(RuntimeError("x"))),
]
handler400, handler403 = real.handler400, real.handler403
handler404, handler500 = real.handler404, real.handler500


@pytest.fixture
def faulty(settings: Settings, db: None) -> Client:
    settings.ROOT_URLCONF = __name__
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("address", "status", "says"),
    [
        ("/essai/400/", 400, "Nous n’avons pas compris cette demande"),
        ("/essai/403/", 403, "Cette page ne vous est pas ouverte"),
        ("/nulle-part/", 404, "Il n’y a rien à cette adresse"),
    ],
)
def test_each_refusal_says_what_happened_and_where_to_go(
    faulty: Client, address: str, status: int, says: str
) -> None:
    response = faulty.get(address)

    html = response.content.decode()
    assert response.status_code == status
    assert says in html
    assert 'href="/"' in html
    assert not read(html).inline


def test_a_failure_of_ours_needs_neither_database_nor_policy(
    faulty: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object) -> None:
        raise RuntimeError("the policy itself is unreadable")

    monkeypatch.setattr("clairevoie.site.context.policy.current", broken)
    response = faulty.get("/essai/500/")

    html = response.content.decode()
    assert response.status_code == 500
    assert "Une panne de notre côté" in html
    assert "Traceback" not in html
    assert not read(html).inline


def test_a_form_without_its_token_explains_itself(db: None) -> None:
    client = Client(enforce_csrf_checks=True)

    response = client.post("/connexion/", {"login": "alice"})

    assert response.status_code == 403
    assert "Ce formulaire n’est plus valable" in response.content.decode()
