"""The engine's own part of the daily round, in the order in which it must happen.

People are warned before anything leaves; files leave after the rows that named them; the disk
is scrubbed after the files; the ledger is verified after everything was written in it.
"""

from __future__ import annotations

from datetime import datetime

from clairevoie.lib.calendar import paris_date
from clairevoie.privacy import (
    anchors,
    disk,
    ledger,
    notices,
    outbox,
    publication,
    retention,
    safeguards,
    tombstones,
)
from clairevoie.privacy.daily import step


class LedgerBroken(Exception):
    """Le journal a été modifié en dehors du moteur."""


class NoticeAltered(Exception):
    """Le texte d’une version publiée de la notice a changé."""


@step("retention.notices", order=10)
def warn_people(at: datetime) -> int:
    """Those who arrive with a back-log get their time first, then everybody due is warned."""
    on = paris_date(at)
    return notices.grant_backlog_grace(on=on) + notices.warn(on=on)


@step("safeguards.release-due", order=20)
def release_holds(at: datetime) -> int:
    return safeguards.release_due(on=paris_date(at))


@step("retention.carry-out", order=30)
def let_go(at: datetime) -> int:
    return retention.carry_out(retention.plan(paris_date(at))).total


@step("safeguards.release-announced", order=35)
def unlock_as_announced(at: datetime) -> int:
    """After what is due has left: what was locked leaves the following night."""
    return safeguards.release_announced(on=paris_date(at))


@step("retention.prove", order=40)
def prove_that_they_left(at: datetime) -> None:
    """A residue is an alarm, like every step that fails."""
    retention.prove(on=paris_date(at))


@step("outbox.deliver", order=900)
def deliver_effects(at: datetime) -> int:
    return outbox.deliver(at=at)


@step("tombstones.write-out", order=910)
def write_tombstones(at: datetime) -> int:
    return tombstones.write_out(at=at)


@step("disk.scrub", order=920)
def scrub_disk(_at: datetime) -> int:
    """A reader who stands in the way postpones it to the next night."""
    return int(disk.scrub())


@step("ledger.verify", order=990)
def verify_ledger(at: datetime) -> int:
    found = ledger.verify()
    if not found.sound:
        raise LedgerBroken
    anchors.note_head(at=at)
    return found.entries


@step("policy.publish", order=995)
def hold_published_versions(at: datetime) -> int:
    """Compared with a ledger just verified: what was published is still what it was (P-007)."""
    if publication.altered_versions():
        raise NoticeAltered
    return len(publication.record_versions(at=at))
