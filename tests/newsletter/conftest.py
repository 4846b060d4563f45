"""Topics, and a browser that knows nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

if TYPE_CHECKING:
    from clairevoie.newsletter.models import Topic


@pytest.fixture
def topics(db: None) -> list[Topic]:
    """Two open topics."""
    from clairevoie.newsletter.models import Topic  # needs the apps, which load after this file

    return [
        Topic.objects.create(slug="parcours", name="Parcours", position=1),
        Topic.objects.create(slug="ateliers", name="Ateliers", position=2),
    ]


@pytest.fixture
def visitor() -> Client:
    """A browser that knows nobody."""
    return Client()
