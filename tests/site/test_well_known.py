"""What machines ask for at known addresses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
import time_machine
from django.db import DatabaseError
from django.test import Client

from tests.promises import promise


@promise("P-004")
@time_machine.travel(datetime(2026, 11, 22, 12, tzinfo=UTC), tick=False)
def test_security_txt_follows_rfc_9116(visitor: Client) -> None:
    response = visitor.get("/.well-known/security.txt")

    fields = dict(line.split(": ", 1) for line in response.content.decode().splitlines())
    expires = datetime.fromisoformat(fields["Expires"])
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert fields["Contact"] == "mailto:contact@smartsolutions-formation.com"
    assert fields["Canonical"].endswith("/.well-known/security.txt")
    assert timedelta(days=30) < expires - datetime.now(UTC) < timedelta(days=365)


def test_global_privacy_control_is_honoured(visitor: Client) -> None:
    answer = visitor.get("/.well-known/gpc.json")

    assert answer["Content-Type"] == "application/json"
    assert answer.json() == {"gpc": True, "lastUpdate": "2024-04-15"}


def test_password_managers_find_where_to_change_a_password(visitor: Client) -> None:
    answer = visitor.get("/.well-known/change-password")

    assert answer.status_code == 302
    assert answer["Location"].startswith("/mon-compte/")


def test_the_health_page_answers_while_the_database_does(
    visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    well = visitor.get("/sante/")

    def refuse() -> None:
        raise DatabaseError("gone")

    with monkeypatch.context() as patch:
        patch.setattr("clairevoie.site.wellknown.connection.cursor", refuse)
        ill = visitor.get("/sante/")

    assert (well.status_code, well.json()["status"]) == (200, "ok")
    assert (ill.status_code, ill.json()["database"]) == (503, "unreachable")
    assert "no-store" in well["Cache-Control"]


def test_robots_stay_out_of_private_rooms(visitor: Client) -> None:
    rules = visitor.get("/robots.txt").content.decode()

    assert "Disallow: /mon-compte/" in rules
    assert "Disallow: /gestion/" in rules


def test_the_sitemap_lists_pages_that_open(visitor: Client) -> None:
    tree = ET.fromstring(visitor.get("/sitemap.xml").content)

    addresses = [str(node.text) for node in tree.iter() if node.tag.endswith("loc")]
    assert len(addresses) == 7
    for address in addresses:
        assert visitor.get("/" + address.split("/", 3)[3]).status_code == 200
