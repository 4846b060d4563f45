"""What was earned before this platform, and a document made again for another name.

Certificates of its own parcours come of themselves, when their projects are accepted.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from clairevoie.config.demonstration.timeline import Event, World
from clairevoie.credentials.actions import keeping
from clairevoie.credentials.actions.issuing import Achievement, issue, sealed, written
from clairevoie.credentials.models import Credential, Kind, credentials_of
from clairevoie.lib.calendar import paris_date

SPREADSHEET = Achievement(
    kind=Kind.CERTIFICATE,
    title="Le tableur sans crainte",
    result="9 chapitres terminés, 2 projets validés.",
    parcours="tableur-sans-crainte",
    edition=3,
)
DIPLOMA = Achievement(
    kind=Kind.DIPLOMA,
    title="Assistante ou assistant de gestion",
    result="Jury du 20 juin, mention bien.",
    parcours="assistance-de-gestion",
    edition=1,
)


def certificates(world: World) -> Iterator[Event]:
    """A year-old one of Alice's, one old enough for the archive, and a change of name."""
    yield Event(world.at(900, 9), partial(_bring, key="marc.olivier", earned=DIPLOMA))
    yield Event(world.at(150, 9), partial(_issue, key="alice", earned=SPREADSHEET))
    yield Event(world.at(5, 15), partial(_rename, key="claire.perrin", name="Claire Vasseur"))


def _issue(world: World, at: datetime, *, key: str, earned: Achievement) -> None:
    issue(holder=world.members[key].subject, earned=earned, author=None, at=at)


def _bring(world: World, at: datetime, *, key: str, earned: Achievement) -> None:
    """From an older platform: what was decided then is sealed now."""
    member = world.members[key]
    record = sealed(
        holder=member.subject.uuid,
        name=member.full_name,
        earned=earned,
        on=world.day(2_010),
        made_on=paris_date(at),
    )
    written(record, at=at)


def _rename(world: World, at: datetime, *, key: str, name: str) -> None:
    """Eve answers a letter; without the parcours of the demonstration there is none."""
    mine = credentials_of(world.members[key].subject).filter(kind=Kind.CERTIFICATE)
    earned: Credential | None = mine.first()
    if earned is not None:
        keeping.reissue(
            credential=earned,
            name=name,
            reason=keeping.Reason.RECTIFICATION,
            reference="courrier-2026-118",
            author=world.members["eve"].subject.uuid,
            at=at,
        )
