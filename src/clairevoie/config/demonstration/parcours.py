"""The parcours of the demonstration: whatever folders ``CLAIREVOIE_CONTENT`` holds, published."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

from clairevoie.config.demonstration.timeline import Event, World
from clairevoie.config.instance import CONTENT
from clairevoie.learning.actions.importing import import_parcours
from clairevoie.learning.content.folders import SHEET, folders_of, read_folder

PUBLISHED = 120  # days ago: before those who follow them


def parcours(world: World) -> Iterator[Event]:
    """Each folder becomes an edition that the catalogue shows; without a folder, none."""
    if not any(CONTENT.glob(f"*/{SHEET}")):
        return
    for folder in folders_of(CONTENT):
        yield Event(world.at(PUBLISHED, 9), partial(_publish, folder=folder))


def _publish(_world: World, at: datetime, *, folder: Path) -> None:
    import_parcours(slug=folder.name, files=read_folder(folder), publish=True, author=None, at=at)
