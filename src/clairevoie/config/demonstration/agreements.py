"""What people agreed to: a consent to give again, and a child who waits for a parent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from clairevoie import consent, policy
from clairevoie.config.demonstration.timeline import Event, World
from clairevoie.privacy import scope, wordings
from clairevoie.privacy.models import Consent, ConsentText

_CALLS = "qualification-calls"
_FORMER_WORDS = "J’accepte d’être appelée une fois, au sujet de ma formation."


def agreements(world: World) -> Iterator[Event]:
    """Each in its time."""
    yield Event(world.at(190, 17), _agree_to_less)
    yield Event(world.at(3, 18), _ask_a_parent)


def _agree_to_less(world: World, at: datetime) -> None:
    """Alice agreed to calls before the questions were six: what is asked now goes further.

    A policy has no past to ask: the facts of that time are written here, and only here.
    """
    subject = world.members["alice"].subject
    facts = scope.facts_of(policy.current().activities[_CALLS])
    facts["data"] = [facts["data"][0]]
    text = ConsentText.objects.create(
        activity=_CALLS,
        language="fr",
        number=1,
        text=_FORMER_WORDS,
        text_hash=wordings.hash_of(_FORMER_WORDS),
        fingerprint=scope.fingerprint_of(facts),
        facts=facts,
        policy_version=1,
        policy_hash=policy.current().digest,
        published_at=at,
    )
    Consent.including_restricted.create(
        subject=subject,
        activity=_CALLS,
        given=True,
        wording=text,
        text=text.text,
        text_hash=text.text_hash,
        fingerprint=text.fingerprint,
        at=at,
        source="mon-compte",
        policy_hash=text.policy_hash,
    )


def _ask_a_parent(world: World, at: datetime) -> None:
    """Charlie is fourteen."""
    consent.guardians.ask_parent(
        world.members["charlie"].subject,
        activity="testimonials",
        parent_email="parent.de.charlie@courriel.example",
        source="mon-compte",
        at=at,
    )
