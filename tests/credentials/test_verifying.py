"""A stranger verifies by number; the holder downloads; nobody else sees anything."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from clairevoie import privacy
from clairevoie.accounts.actions.leaving import close_account
from clairevoie.credentials.numbers import draw_number
from clairevoie.privacy import retention
from tests.cast import NOW, Person
from tests.credentials.scene import certificate, noon
from tests.promises import promise

pytestmark = pytest.mark.django_db


def test_a_stranger_types_the_number_and_reads_the_minimal_line(
    alice: Person, client: Client
) -> None:
    proof = certificate(alice)

    asked = client.get("/verifier/", {"numero": f" {proof.number.lower().replace('-', ' ')} "})
    page = client.get(asked["Location"])

    assert asked["Location"] == f"/verifier/{proof.number}/"
    text = page.content.decode()
    assert all(said in text for said in (proof.name, proof.title, proof.result, "Valable"))
    assert str(alice.subject.uuid) not in text
    assert alice.canaries.email not in text


@promise("P-065")
def test_pages_of_people_are_in_no_search_engine_and_no_sitemap(
    alice: Person, client: Client
) -> None:
    proof = certificate(alice)
    checks = ("/verifier/", f"/verifier/{proof.number}/", f"/verifier/{draw_number()}/")
    private = ("/mon-compte/profil/", f"/mon-compte/certificats/{proof.number}.pdf")

    tags = {path: client.get(path).headers.get("X-Robots-Tag") for path in checks}
    answers = {path: client.get(path).status_code for path in private}
    sitemap = client.get("/sitemap.xml").content.decode()

    assert set(tags.values()) == {"noindex, nofollow"}
    assert set(answers.values()) == {302}, "to sign in"
    assert not any(path.split("/")[1] in sitemap for path in (*checks, *private))


@pytest.mark.parametrize("typed", ["", "ABCD-1234", "x" * 300, "<script>", "3479-ABCD-EFGH-JKMA"])
def test_what_is_no_number_is_said_at_its_field(typed: str, client: Client) -> None:
    answer = client.get("/verifier/", {"numero": typed})

    assert answer.status_code == 422
    assert 'href="#id_numero"' in answer.content.decode()


@pytest.mark.parametrize("path", ["inconnu", "x" * 200, "3479-ABCD-EFGH-JKMA"])
def test_an_unknown_number_is_a_clear_404(path: str, client: Client) -> None:
    answer = client.get(f"/verifier/{path}/")

    assert answer.status_code == 404
    assert "Aucun document ne porte ce numéro" in answer.content.decode()


def test_numbers_cannot_be_tried_by_the_thousand(client: Client) -> None:
    cache.clear()

    answers = [client.get("/verifier/inconnu/").status_code for _ in range(31)]

    assert answers[:30] == [404] * 30
    assert answers[30] == 429


@promise("P-089", "P-093")
def test_the_certificate_still_verifies_when_the_account_is_gone(
    alice: Person, client: Client
) -> None:
    proof = certificate(alice)

    close_account(member=alice.member, at=NOW)
    retention.carry_out(retention.plan(NOW.date().replace(day=23)))

    assert privacy.find(alice.canaries.email) is None
    page = client.get(proof.get_absolute_url())
    assert page.status_code == 200
    assert proof.name in page.content.decode()


def test_alice_finds_and_downloads_what_she_earned_and_charlie_does_not(
    alice: Person, charlie: Person
) -> None:
    proof = certificate(alice)
    hers, his = Client(), Client()
    hers.force_login(alice.member)
    his.force_login(charlie.member)
    address = f"/mon-compte/certificats/{proof.number}.pdf"

    page = hers.get("/mon-compte/certificats/").content.decode()
    mine = hers.get(address)
    content = b"".join(mine.streaming_content)  # type: ignore[attr-defined]
    theirs = his.get(address)

    assert address in page
    assert content.startswith(b"%PDF")
    assert mine["Content-Disposition"].startswith("attachment")
    assert mine["X-Content-Type-Options"] == "nosniff"
    assert theirs.status_code == 404
    assert proof.title not in his.get("/mon-compte/certificats/").content.decode()


def test_the_copy_of_ones_data_holds_the_certificates_and_their_files(alice: Person) -> None:
    proof = certificate(alice, on=noon(NOW.date()).date())
    found = {category.declaration.label: category for category in privacy.gather(alice.subject)}

    credentials = found["credentials.Credential"]

    [row] = credentials.rows()
    assert proof.number in row
    assert next(name for _store, name in credentials.files()) == proof.document.name
