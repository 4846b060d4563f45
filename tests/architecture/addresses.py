"""Every address of the platform, found by walking the resolver."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern, RoutePattern
from django.utils.regex_helper import normalize

SAMPLES = {
    "IntConverter": "1",
    "UUIDConverter": "7f9c24e8-3b12-4c6e-9a50-0f3f5a1c2d4e",
    "SlugConverter": "inconnu",
    "StringConverter": "inconnu",
    "PathConverter": "inconnu",
}


@dataclass(frozen=True)
class Address:
    """One pattern: its route as a request's ``resolver_match`` tells it, and a path to try."""

    route: str
    sample: str


@cache
def addresses() -> tuple[Address, ...]:
    return tuple(_walk(get_resolver(), "", ""))


def _walk(resolver: URLResolver, route: str, sample: str) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        deeper = route + str(entry.pattern)
        path = sample + _sample(entry.pattern)
        if isinstance(entry, URLPattern):
            yield Address(route=deeper, sample=f"/{path}")
        else:
            yield from _walk(entry, deeper, path)


def _sample(pattern: object) -> str:
    if isinstance(pattern, RegexPattern):
        form, names = normalize(str(pattern.regex.pattern))[0]
        return str(form % dict.fromkeys(names, "inconnu"))
    assert isinstance(pattern, RoutePattern), "no addresses that depend on the language"
    text = str(pattern)
    for name, converter in pattern.converters.items():
        kind = type(converter).__name__
        value = SAMPLES.get(kind, "inconnu")
        for spelling in (f"<{name}>", *(f"<{code}:{name}>" for code in _codes())):
            text = text.replace(spelling, value)
    return text


def _codes() -> tuple[str, ...]:
    from django.urls.converters import get_converters

    return tuple(get_converters())
