"""Parcours and their editions."""

from clairevoie.learning.models.content import (
    Chapter,
    Edition,
    Exercise,
    File,
    Kind,
    Level,
    Module,
    Parcours,
    PlacedFile,
    Project,
    Topic,
    catalogue,
    outline_of,
)

__all__ = [
    "Chapter",
    "Edition",
    "Exercise",
    "File",
    "Kind",
    "Level",
    "Module",
    "Parcours",
    "PlacedFile",
    "Project",
    "Topic",
    "catalogue",
    "outline_of",
]
