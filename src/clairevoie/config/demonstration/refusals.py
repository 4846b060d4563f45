"""Who said no to a message, and how: by a link, by telephone, and a mailbox that is gone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from clairevoie import messaging
from clairevoie.config.demonstration.timeline import Event, World
from clairevoie.lib.contact import EMAIL
from clairevoie.messaging.models import Suppression


def refusals(world: World) -> Iterator[Event]:
    """Each in its time."""
    yield Event(world.at(75, 8, 12), _by_a_link)
    yield Event(world.at(33, 14, 5), _by_telephone)
    yield Event(world.at(12, 6, 40), _a_dead_mailbox)


def _by_a_link(world: World, at: datetime) -> None:
    """Charlie reads the news of the course in his account: one click ends the mails."""
    messaging.stop(
        world.members["charlie"].subject,
        keys=(),
        activity="information",
        because=Suppression.Because.LINK,
        source="lien",
        at=at,
    )


def _by_telephone(world: World, at: datetime) -> None:
    """Somebody we do not know wants to hear nothing; Flora, who answered, sees to it."""
    messaging.stop_on_request(
        kind="phone",
        raw="+33199000177",
        activity=None,
        source="telephone",
        author=world.members["flora"].subject.uuid,
        at=at,
    )


def _a_dead_mailbox(world: World, at: datetime) -> None:
    """An address of a former job: the server says that nobody is there."""
    messaging.suppress(
        kind=EMAIL,
        raw="ancien.poste@entreprise.example",
        purpose=messaging.UNREACHABLE,
        because=Suppression.Because.BOUNCE,
        source="retour",
        at=at,
    )
