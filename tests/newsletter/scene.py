"""What happens in the tests of the letter; loaded once Django is ready."""

from __future__ import annotations

import re
from typing import Any

from clairevoie.newsletter.actions import subscribing
from clairevoie.newsletter.models import Pending, Subscription, Topic
from tests.cast import NOW, Person

ADDRESS = "lecteur@exemple.fr"


def asked(email: str, topics: list[Topic], **more: Any) -> None:
    """Somebody types an address on the page."""
    values = {"language": "fr", "source": "newsletter", "at": NOW, **more}
    subscribing.ask(email=email, topics=topics, **values)


def confirmed(email: str, topics: list[Topic], **more: Any) -> Subscription:
    """…and its owner presses the button."""
    asked(email, topics, **more)
    pending = Pending.including_restricted.latest("id")
    return subscribing.confirm(pending=pending, at=more.get("at", NOW))


def subscribed(person: Person, topics: list[Topic]) -> Subscription:
    """One of the cast reads the letter."""
    return confirmed(person.canaries.email, topics)


def links_in(text: str) -> list[str]:
    """Every address of a plain text."""
    return re.findall(r"https?://[^\s)>]+", text)
