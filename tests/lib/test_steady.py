"""Constants of templates are worked out once, and only constants are."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.template import Context, Engine, NodeList
from django.utils import translation

from clairevoie.lib.steady import Steady, steady

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
