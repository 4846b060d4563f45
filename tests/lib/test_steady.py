"""Constants of templates are worked out once, and only constants are."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.template import Context, Engine, NodeList
from django.template.loader_tags import ExtendsNode
from django.utils import translation

from clairevoie.lib.steady import Scope, Steady, steady

LOAD = "{% load i18n static %}"


@pytest.fixture(autouse=True)
def in_french() -> Iterator[None]:
    with translation.override("fr"):
        yield


def made_steady(source: str) -> tuple[NodeList, Engine, str]:
    engine = Engine(
        libraries={
            "i18n": "django.templatetags.i18n",
            "static": "django.templatetags.static",
        }
    )
    template = engine.from_string(LOAD + source)
    steady(template.nodelist)
    return template.nodelist, engine, source


def say(source: str, **values: object) -> str:
    nodes, engine, _ = made_steady(source)
    template = engine.from_string("")
    template.nodelist = nodes
    return str(template.render(Context(values)))


def test_a_sentence_follows_the_language_of_each_reader() -> None:
    nodes, engine, _ = made_steady('<p>{% translate "Yes" %}</p>')
    template = engine.from_string("")
    template.nodelist = nodes

    said = []
    for language in ("fr", "en", "fr"):
        with translation.override(language):
            said.append(template.render(Context()))

    assert said == ["<p>Oui</p>", "<p>Yes</p>", "<p>Oui</p>"]
    assert [type(node) for node in nodes] == [Steady]


@pytest.mark.parametrize(
    ("source", "values", "said"),
    [
        ("{{ name }}", {"name": "<b>"}, "&lt;b&gt;"),
        ("{% translate name %}", {"name": "Yes"}, "Oui"),
        ('{% translate "Yes" as word %}{{ word }}', {}, "Oui"),
        ('{% if a %}{% translate "Yes" %}{% else %}{% translate "No" %}{% endif %}', {}, "Non"),
        ('{% for x in xs %}{{ x }}{% translate "Yes" %}{% endfor %}', {"xs": "ab"}, "aOuibOui"),
        ('{% with a="1" %}{{ a }}{% translate "No" %}{% endwith %}', {}, "1Non"),
        ("{% blocktranslate %}Yes{% endblocktranslate %}", {}, "Oui"),
        ('{% comment %}x{% endcomment %}{% translate "Yes"|upper %}', {}, "OUI"),
        ("plain", {}, "plain"),
    ],
)
def test_what_a_reader_sees_does_not_change(
    source: str, values: dict[str, object], said: str
) -> None:
    assert say(source, **values) == said
    assert say(source, **values) == said


def test_what_depends_on_the_reader_is_not_remembered() -> None:
    nodes, engine, _ = made_steady('{% translate "Yes" %} {{ name }}{% url name %}')
    template = engine.from_string("")
    template.nodelist = nodes

    first = template.render(Context({"name": "account_login"}))
    second = template.render(Context({"name": "account_signup"}))

    assert first == "Oui account_login/connexion/"
    assert second == "Oui account_signup/inscription/"


def test_an_address_follows_the_urlconf() -> None:
    nodes, engine, _ = made_steady('{% url "account_login" %}')
    template = engine.from_string("")
    template.nodelist = nodes

    assert template.render(Context()) == "/connexion/"


PAGES = {
    "base": "<title>{% block title %}?{% endblock %}</title>"
    "{% if 1 %}{% block main %}{% endblock %}{% endif %}{{ inner }}",
    "panel": '{% extends "base" %}{% block main %}<h1>{% block head %}Head{% endblock %}</h1>'
    "{% block body %}{% endblock %}{% endblock %}",
    "page": '{% extends "panel" %}{% load i18n %}not shown'
    '{% block title %}{% translate "Yes" %}{% endblock %}'
    '{% block body %}{% with "x" as inner %}{{ inner }}{% endwith %}{{ name }}{% endblock %}',
    "sets": '{% extends "base" %}{% load i18n %}'
    '{% block main %}{% translate "Yes" as inner %}{{ inner }}{% endblock %}',
    "repeats": '{% extends "panel" %}{% block head %}{{ block.super }}!{% endblock %}',
    "asks": "{% extends parent %}{% block head %}asked{% endblock %}",
}


def engine_of_pages() -> Engine:
    below = [("django.template.loaders.locmem.Loader", PAGES)]
    return Engine(
        libraries={"i18n": "django.templatetags.i18n"},
        loaders=[("clairevoie.lib.steady.Loader", below)],
    )


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("base", "<title>?</title>"),
        ("panel", "<title>?</title><h1>Head</h1>"),
        ("page", "<title>Oui</title><h1>Head</h1>xAlice"),
        ("sets", "<title>?</title>Oui"),
        ("repeats", "<title>?</title><h1>Head!</h1>"),
        ("asks", "<title>?</title><h1>asked</h1>"),
    ],
)
def test_a_page_that_extends_others_is_the_same_written_out(page: str, shown: str) -> None:
    engine = engine_of_pages()
    values = {"name": "Alice", "parent": "panel"}
    for other in PAGES:  # whichever of the family was read first
        engine.get_template(other)

    rendered = [engine.get_template(page).render(Context(values)) for _ in range(2)]

    assert rendered == [shown, shown]


def test_only_what_django_must_decide_is_left_to_it() -> None:
    engine = engine_of_pages()

    left = [n for n in PAGES if engine.get_template(n).nodelist.get_nodes_by_type(ExtendsNode)]

    assert left == ["repeats", "asks"]


def test_a_block_keeps_its_variables_inside_and_costs_nothing_where_it_sets_none() -> None:
    engine = engine_of_pages()

    scopes = {
        page: len(engine.get_template(page).nodelist.get_nodes_by_type(Scope))
        for page in ("panel", "page", "sets")
    }

    assert scopes == {"panel": 0, "page": 1, "sets": 1}
