"""An edition as the folder it came from."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator

from django.core.files.storage import storages

from clairevoie.learning.content.folders import SHEET
from clairevoie.learning.models import Edition, outline_of


def sources_of(edition: Edition) -> Iterator[tuple[str, bytes]]:
    """(path, content) of each file, one at a time. Brought back, they are no change.

    Pictures come as they are served: what was hidden in them has gone.
    """
    yield SHEET, edition.source.encode()
    modules = {module.pk: module for module in outline_of(edition)}
    for module in modules.values():
        yield f"{module.folder}/module.toml", module.source.encode()
    texts = edition.chapters.values_list("module_id", "filename", "source", "exercises_source")
    for module_id, filename, source, exercises in texts.iterator(chunk_size=200):
        path = f"{modules[module_id].folder}/{filename}"
        yield path, source.encode()
        if exercises:
            yield path.removesuffix(".md") + ".exercices.toml", exercises.encode()
    yield from _packages_of(edition)
    for module_id, source in edition.projects.values_list("module_id", "source"):
        yield f"{modules[module_id].folder}/projet.md", source.encode()
    store = storages["content"]
    for placed in edition.files.select_related("file"):
        with store.open(placed.file.name) as stored:
            yield placed.path, stored.read()


def _packages_of(edition: Edition) -> Iterator[tuple[str, bytes]]:
    """An archive where the author gave one, else the files of the folder."""
    store = storages["content"]
    chapters = edition.chapters.filter(package__isnull=False)
    for chapter in chapters.select_related("module", "package").defer("source", "html"):
        assert chapter.package is not None  # for the type checker
        path = f"{chapter.module.folder}/{chapter.package_path}"
        with store.open(chapter.package.file_name) as stored:
            if path.endswith(".zip"):
                yield path, stored.read()
                continue
            with zipfile.ZipFile(stored) as archive:
                for name in archive.namelist():
                    yield f"{path}/{name}", archive.read(name)
