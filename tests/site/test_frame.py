"""The frame of a page is remembered, and never mixes two people up."""

from __future__ import annotations

import re

from django.test import Client

from tests.cast import Person
from tests.promises import promise


def token(html: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', html)
    assert found
    return found[1]


def test_each_page_comes_back_to_itself_after_a_change_of_language(visitor: Client) -> None:
    first = visitor.get("/mentions-legales/?a=1&b=2").content.decode()
    second = visitor.get("/confidentialite/").content.decode()

    assert 'name="next" value="/mentions-legales/?a=1&amp;b=2"' in first
    assert 'name="next" value="/confidentialite/"' in second


def test_an_address_cannot_break_out_of_the_form(visitor: Client) -> None:
    html = visitor.get('/nulle-part/?"><script>alert(1)</script>').content.decode()

    assert "<script>alert" not in html


@promise("P-004")
def test_each_person_signs_out_with_a_token_of_their_own(alice: Person, charlie: Person) -> None:
    pages = []
    for person in (alice, charlie):
        client = Client(enforce_csrf_checks=True)
        client.force_login(person.member)
        pages.append((client, client.get("/mon-compte/").content.decode()))

    (client, html), (_, other) = pages
    assert token(html) != token(other)
    assert client.post("/deconnexion/").status_code == 403
    answer = client.post("/deconnexion/", {"csrfmiddlewaretoken": token(html)})
    assert answer.status_code == 302


def test_the_frame_knows_who_is_there(visitor: Client, alice: Person, eve: Person) -> None:
    member, staff = Client(), Client()
    member.force_login(alice.member)
    staff.force_login(eve.member)

    shown = [c.get("/mentions-legales/").content.decode() for c in (visitor, member, staff)]

    assert [("/connexion/" in html, 'href="/mon-compte/"' in html) for html in shown] == [
        (True, False),
        (False, True),
        (False, True),
    ]
    assert ['href="/gestion/"' in html for html in shown] == [False, False, True]


def test_the_frame_marks_where_one_is(visitor: Client, client: Client, alice: Person) -> None:
    client.force_login(alice.member)

    public = visitor.get("/confidentialite/").content.decode()
    private = client.get("/mon-compte/profil/").content.decode()

    assert 'href="/confidentialite/" aria-current="page"' in public
    assert re.findall(r'class="side-link" href="([^"]+)" aria-current="page"', private) == [
        "/mon-compte/profil/"
    ]


def test_the_frame_follows_the_language_of_each_reader(visitor: Client) -> None:
    french = visitor.get("/mentions-legales/").content.decode()
    english = visitor.get("/mentions-legales/", headers={"accept-language": "en"})

    assert "Aller au contenu" in french
    assert "Write to us" in english.content.decode()
    assert "Nous écrire" in french
