"""What a person's copy says above each column is our French, and has its English."""

from __future__ import annotations

from collections.abc import Iterator

import polib
from django.utils import translation

from clairevoie.privacy.declarations import personal_declarations
from clairevoie.privacy.gathering import Category
from clairevoie.privacy.models import DataSubject
from tests.architecture.source import SOURCE, nothing


def _our_words() -> set[str]:
    """French that one of our catalogues turns into English: a column's name is none of them."""
    return {
        entry.msgid
        for path in SOURCE.rglob("locale/en/LC_MESSAGES/django.po")
        for entry in polib.pofile(str(path))
        if entry.translated()
    }


def _read_above() -> Iterator[tuple[str, str]]:
    """Where, and what is read there, in French."""
    for declaration in personal_declarations():
        yield declaration.label, declaration.heading
        for column in Category(declaration, DataSubject()).columns:
            yield f"{declaration.label}.{column.name}", column.title


def test_every_label_of_an_export_is_our_french_and_has_its_english() -> None:
    words = _our_words()

    with translation.override("fr"):
        strange = [f"{where}: {said!r}" for where, said in _read_above() if said not in words]

    nothing(
        strange,
        mend=(
            "give the column a verbose_name in French (or labels={…} in its declaration when the "
            "table is not ours), and write the English in the app's django.po"
        ),
    )


def test_labels_name_exported_columns_only() -> None:
    nothing(
        (
            f"{declaration.label}.{column}"
            for declaration in personal_declarations()
            for column in declaration.labels
            if declaration.provenance_of(column) is None
        ),
        mend="these labels are never read: remove them",
    )
