"""What holds of every page, found by walking the addresses: nothing is listed by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from django.http import HttpResponseBase
from django.test import Client

from clairevoie import policy
from tests.accounts.conftest import with_proof
from tests.architecture.addresses import addresses
from tests.cast import Person
from tests.promises import promise
from tests.site.conftest import read

# Inputs that take a value of the person; codes and choices of a button do not.
_ASKED = re.compile(
    r'<(?:textarea|select|input(?![^>]*type="(?:hidden|submit|search|checkbox|radio)"))[^>]*'
    r'name="(?!csrfmiddlewaretoken|code|action|confirm|understood)[^"]+"'
)

# What one looks for stays in the address: nothing is kept of it.
_SEARCH = re.compile(r'<form[^>]* role="search".*?</form>', re.DOTALL)

# It asks again for a password already known, to prove who is there: nothing is collected.
_PROOF = "/mon-compte/securite/confirmer/"


@pytest.fixture
def readers(alice: Person) -> list[Client]:
    """A visitor, and Alice who gave her password a moment ago."""
    member = Client()
    member.force_login(alice.member)
    return [Client(), with_proof(member, alice, seconds_ago=0)]


def pages(readers: list[Client]) -> Iterator[tuple[str, str, HttpResponseBase]]:
    """Every HTML page that answers 200 to one of the readers."""
    for address in addresses():
        if address.sample.startswith(("/gestion/", "/langue/")):
            continue
        for reader in readers:
            response = reader.get(address.sample)
            html = str(response.get("Content-Type", "")).startswith("text/html")
            if response.status_code == 200 and html:
                yield address.sample, unescape(response.content.decode()), response


def test_every_page_stands_in_our_frame(readers: list[Client]) -> None:
    bare = [
        path
        for path, html, _ in pages(readers)
        if 'class="skip"' not in html or "<footer" not in html or html.count("<h1") != 1
    ]

    assert bare == []


@promise("P-004")
def test_no_page_carries_code_nor_loads_from_elsewhere(readers: list[Client]) -> None:
    loose = [
        (path, found)
        for path, html, response in pages(readers)
        for found in [
            *read(html).inline,
            *(address for address in read(html).loads if not address.startswith(("/", "?", "#"))),
            *(["unsafe"] if "unsafe" in response["Content-Security-Policy"] else []),
        ]
    ]

    assert loose == []


@promise("P-002")
def test_every_page_that_asks_for_a_value_says_what_becomes_of_it(readers: list[Client]) -> None:
    silent, shown, walked = [], set(), set()
    for path, html, _ in pages(readers):
        walked.add(path)
        notices = re.findall(r'data-activity="([\w-]+)" data-policy="(\w+)"', html)
        shown |= {activity for activity, _ in notices}
        assert all(digest == policy.current().digest[:12] for _, digest in notices)
        if _ASKED.search(_SEARCH.sub("", html)) and not notices and path != _PROOF:
            silent.append(path)

    assert silent == []
    assert {"account", "security"} <= shown
    assert len(walked) > 25  # the walk really walked
