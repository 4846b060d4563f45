"""What the worker does for the newsletter: told UUIDs, never an address."""

from __future__ import annotations

from django_tasks import task

from clairevoie.lib import calendar
from clairevoie.newsletter.actions import reading, starting
from clairevoie.newsletter.models import Campaign, Import


@task()
def start_letter(number: str) -> None:
    """Hand a letter to messaging."""
    campaign = Campaign.objects.filter(uuid=number).first()
    if campaign is not None:
        starting.start(campaign=campaign, at=calendar.now())


@task()
def leave_planned(number: str) -> None:
    """Send a letter whose time has come, unless it was moved or called off."""
    campaign = Campaign.objects.filter(uuid=number).first()
    if campaign is not None and starting.leave(campaign=campaign, at=calendar.now()):
        starting.start(campaign=campaign, at=calendar.now())


@task()
def read_import(number: str) -> None:
    """Read a file of addresses to its end."""
    batch = Import.objects.filter(uuid=number).first()
    if batch is not None:
        reading.read(batch=batch, at=calendar.now())
