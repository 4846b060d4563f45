"""People who subscribed to the letter, made by the hundred."""

from __future__ import annotations

from typing import Any

from clairevoie import messaging, policy, privacy
from clairevoie.messaging.models import Mailing
from clairevoie.privacy.models import ContactPoint, DataSubject
from tests.cast import NOW, TODAY

LETTER = {"title": "La lettre de novembre", "text": "Bonjour.\n\nVoici les nouvelles."}


def readers(count: int, *, verified: bool = True) -> list[DataSubject]:
    """Subscribers with an address each."""
    made = DataSubject.objects.bulk_create(DataSubject(last_use=TODAY) for _ in range(count))
    ContactPoint.objects.bulk_create(
        ContactPoint(
            subject=person,
            kind="email",
            raw=address(person),
            normalised=address(person),
            verified_on=TODAY if verified else None,
        )
        for person in made
    )
    text = policy.current().activities["newsletter"].consent["fr"]
    privacy.give_consents(
        made, activity="newsletter", text=text, source="test", at=NOW, recorded_at=NOW
    )
    return made


def address(person: DataSubject) -> str:
    return f"p{person.pk}@exemple.test"


def start(chosen: Any = None, **changes: Any) -> Mailing:
    """A mailing to everyone, or to the chosen ones."""
    everyone = DataSubject.objects.all() if chosen is None else chosen
    return messaging.start_mailing(
        **{**LETTER, **changes}, activity="newsletter", recipients=everyone, at=NOW
    )
