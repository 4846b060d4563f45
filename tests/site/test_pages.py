"""Public pages: open to all, light, strict, from nowhere else."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from tests.promises import promise
from tests.site.conftest import PUBLIC, read


@pytest.mark.parametrize("path", PUBLIC)
def test_a_visitor_reads_every_public_page_without_a_cookie(visitor: Client, path: str) -> None:
    response = visitor.get(path)

    assert response.status_code == 200
    assert not response.cookies


@promise("P-009")
@pytest.mark.parametrize("path", [*PUBLIC, "/connexion/", "/inscription/", "/nulle-part/"])
def test_every_page_leads_to_the_notice_in_force(visitor: Client, path: str) -> None:
    html = visitor.get(path).content.decode()

    footer = html[html.index("<footer") :]
    assert 'href="/confidentialite/"' in footer
    assert "version n°1 du 15/04/2024" in footer


@promise("P-004")
@pytest.mark.parametrize("path", [*PUBLIC, "/nulle-part/", "/connexion/", "/inscription/"])
def test_no_page_loads_anything_from_elsewhere_nor_carries_code(
    visitor: Client, path: str
) -> None:
    reading = read(visitor.get(path).content.decode())

    assert not reading.inline
    assert [address for address in reading.loads if not address.startswith("/")] == []
    assert len(reading.ids) == len(set(reading.ids))
    assert set(reading.anchors) <= set(reading.ids)


@promise("P-004")
@pytest.mark.parametrize("path", [*PUBLIC, "/nulle-part/", "/connexion/"])
def test_every_response_carries_the_strict_headers(visitor: Client, path: str) -> None:
    response = visitor.get(path)

    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy  # no origin but ours
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]


def test_only_the_pages_that_unfold_draws_are_relaxed(visitor: Client) -> None:
    own = visitor.get("/gestion/composants/")["Content-Security-Policy"]
    theirs = visitor.get("/gestion/")["Content-Security-Policy"]

    assert "unsafe" not in own
    assert "script-src 'self' 'unsafe-eval'" in theirs
    assert "style-src 'self' 'unsafe-inline'" in theirs
    assert theirs.count("unsafe") == 2


@promise("P-004")
def test_plain_http_is_sent_to_https_in_production(visitor: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 31_622_400

    refused = visitor.get("/confidentialite/")
    served = visitor.get("/confidentialite/", secure=True)

    assert refused.status_code == 301
    assert refused["Location"].startswith("https://")
    assert (
        int(served["Strict-Transport-Security"].split("max-age=")[1].split(";")[0]) >= 31_536_000
    )


@pytest.mark.parametrize("path", ["/", "/confidentialite/v1/", "/mentions-legales/"])
def test_a_visitor_costs_no_query(
    visitor: Client, path: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        visitor.get(path)


def test_the_home_page_draws_as_many_years_as_the_rules_keep(visitor: Client) -> None:
    from clairevoie import policy
    from clairevoie.site import figures

    spans = {span.rule.code: span for span in figures.spans_of(policy.current())}
    html = visitor.get("/").content.decode()

    drawn = {code: span.kept.count("M") for code, span in spans.items()}
    assert drawn["certificate"] == 50
    assert drawn["invoice"] == 10
    assert drawn["account"] == 5
    assert drawn["prospect"] == 3
    assert drawn["closed-account"] == 0
    assert all(span.left.count("M") == 50 - drawn[code] for code, span in spans.items())
    assert spans["account"].kept in html


def test_a_part_of_a_year_fills_a_part_of_a_diamond() -> None:
    from dataclasses import replace

    from clairevoie import policy
    from clairevoie.lib.duration import Duration
    from clairevoie.site import figures

    rule = replace(policy.current().retention["audience"], duration=Duration(months=25))
    span = figures.span_of(rule)

    assert span.kept.count("M") == 3
    assert span.left.count("M") == 48


def test_the_wall_has_one_diamond_a_promise_open_when_executed(visitor: Client) -> None:
    from clairevoie import policy
    from clairevoie.site import figures

    promises = policy.current().promises.values()
    wall = figures.wall_of(policy.current())

    assert wall.open.count("M") == sum(not promise.planned for promise in promises)
    assert wall.open.count("M") + wall.shut.count("M") == 110
    assert wall.open in visitor.get("/").content.decode()


def test_the_language_is_chosen_by_a_form_without_script(visitor: Client) -> None:
    answer = visitor.post("/langue/", {"language": "en", "next": "/mentions-legales/"})
    html = visitor.get("/mentions-legales/").content.decode()

    assert answer.status_code == 302
    assert answer["Location"] == "/mentions-legales/"
    assert list(answer.cookies) == ["clairevoie_langue"]
    assert answer.cookies["clairevoie_langue"]["max-age"] == ""  # P-047: until the browser closes
    assert '<html lang="en">' in html
    assert "Legal notice" in html


def test_the_language_form_leads_nowhere_else(visitor: Client) -> None:
    answer = visitor.post("/langue/", {"language": "en", "next": "https://ailleurs.example/"})

    assert answer["Location"] == "/"
    assert visitor.get("/langue/").status_code == 405


@promise("P-110")
def test_the_company_says_who_it_is(visitor: Client) -> None:
    html = visitor.get("/mentions-legales/").content.decode()

    shown = html.replace("\u00a0", " ")
    for words in (
        "SASU au capital de 2 000 €",
        "75 rue Parmentier",
        "984 647 552",
        "98464755200012",
        "FR19984647552",
        "11931071593",
    ):
        assert words in shown
