"""Components: errors tied to their fields, the notice of each collection, one page for all."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from django.test import Client, RequestFactory

from clairevoie import policy
from clairevoie.site import words
from clairevoie.site.components import Sample, components
from tests.cast import Person
from tests.promises import promise


def render(text: str, **context: object) -> str:
    return Template("{% load clairevoie %}" + text).render(Context(context))


def test_an_error_is_tied_to_its_field_and_summed_up_on_top() -> None:
    html = str(Sample({"email": "alice@"}))

    assert html.index('class="summary" role="alert" tabindex="-1"') < html.index('name="name"')
    assert '<a href="#id_email">' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_error"' in html
    assert html.count('aria-invalid="true"') >= 3


def test_a_form_without_errors_has_no_summary() -> None:
    html = str(Sample())

    assert "summary" not in html
    assert '<label class="field__label" for="id_name">' in html
    assert "(facultatif)" in html


@promise("P-002")
@pytest.mark.parametrize("code", list(policy.current().activities))
def test_the_notice_of_a_collection_says_why_on_what_basis_until_when_and_for_whom(
    code: str,
) -> None:
    activity = policy.current().activities[code]

    html = render("{% notice_for code %}", code=code).replace("&#x27;", "'")

    assert f'data-activity="{code}"' in html
    assert policy.current().digest[:12] in html
    assert activity.purposes[0] in html
    assert str(words.BASES[activity.basis]) in html
    for rule in activity.retention:
        assert words.kept(policy.current().retention[rule]) in html
    assert f'href="/confidentialite/#activite-{code}"' in html
    assert "CNIL" in html


@promise("P-002")
def test_a_collection_without_a_lawful_purpose_does_not_render() -> None:
    with pytest.raises(KeyError):
        render('{% notice_for "curiosity" %}')


def test_only_active_recipients_are_announced() -> None:
    html = render('{% notice_for "account" %}')

    assert "Serveur de l’organisme" in html
    assert "Stockage d’objets" not in html


@pytest.mark.parametrize(
    ("day", "shown"),
    [("2027-03-01", "1<sup>er</sup>\u00a0mars 2027"), ("2026-11-22", "22\u00a0novembre 2026")],
)
def test_dates_are_written_in_full(day: str, shown: str) -> None:
    from datetime import date

    html = render("{{ day|full_date }}", day=date.fromisoformat(day))

    assert html == f'<time datetime="{day}">{shown}</time>'


def test_durations_are_said_as_the_notice_says_them() -> None:
    from clairevoie.lib.duration import Duration

    said = {text: words.duration(Duration.parse(text)) for text in ("P5Y", "P1Y", "P25M", "P7D")}

    assert said == {
        "P5Y": "5\u00a0ans",
        "P1Y": "12\u00a0mois",
        "P25M": "25\u00a0mois",
        "P7D": "7\u00a0jours",
    }
    assert words.duration(Duration()) == "aussitôt"


def test_a_distribution_is_drawn_against_its_largest_bar() -> None:
    html = render('{% bars "Notes" pairs %}', pairs=[("0", 0), ("9", 4), ("10", 8)])

    assert 'width="50.0"' in html
    assert 'width="100.0"' in html
    assert 'width="0.0"' in html


def test_strangers_and_learners_do_not_see_the_components(
    visitor: Client, charlie: Person, client: Client
) -> None:
    client.force_login(charlie.member)

    assert visitor.get("/gestion/composants/").status_code == 302
    assert client.get("/gestion/composants/").status_code == 403


def test_staff_see_every_component(eve: Person, rf: RequestFactory) -> None:
    request = rf.get("/gestion/composants/")
    request.user = eve.member

    html = components(request).content.decode()

    for name in ("summary", "collection", "breadcrumb", "pager", "empty", "weigh", "bars", "wall"):
        assert f'class="{name}' in html or f" {name}" in html
