"""A folder becomes an edition, the same folder becomes nothing, an edition never changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from clairevoie.learning.actions.exporting import sources_of
from clairevoie.learning.actions.importing import Imported, import_parcours
from clairevoie.learning.actions.publishing import NotOnline, put_online, take_offline
from clairevoie.learning.content.exercises import (
    Choices,
    Fill,
    Numeric,
    Order,
    Short,
    definition_from,
)
from clairevoie.learning.content.problems import ContentRefused
from clairevoie.learning.models import Chapter, Edition, Exercise, Parcours, PlacedFile, Project
from clairevoie.privacy.models import LedgerEntry
from tests.cast import NOW, Person
from tests.learning import folder

pytestmark = pytest.mark.django_db


def brought(files: dict[str, bytes] | None = None, *, publish: bool = False) -> Imported:
    return import_parcours(
        slug=folder.SLUG,
        files=folder.sources() if files is None else files,
        publish=publish,
        author=None,
        at=NOW,
    )


def written(files: dict[str, bytes], at: Path) -> Path:
    """The same on disk, as an author has it."""
    for path, content in files.items():
        target = at / folder.SLUG / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return at


def test_a_folder_becomes_an_edition_with_all_that_it_holds() -> None:
    edition = brought().edition

    assert (edition.number, edition.title, edition.level) == (1, "Lire des chiffres", "beginner")
    assert edition.minutes == 20 + 30 + 30 + 90
    assert [m.slug for m in edition.modules.all()] == ["au-centre", "autour"]
    chapters = list(edition.chapters.values_list("position", "module__slug", "slug"))
    assert chapters == [
        (1, "au-centre", "la-moyenne"),
        (2, "au-centre", "la-mediane"),
        (3, "autour", "l-etendue"),
    ]
    assert [topic.slug for topic in edition.topics.all()] == ["donnees", "statistiques"]
    assert Project.objects.get().rubric[0]["points"] == 4
    assert LedgerEntry.objects.filter(executor="learning.import").count() == 1


def test_each_kind_of_exercise_comes_back_as_a_typed_value() -> None:
    brought()

    read = [definition_from(e.kind, e.definition) for e in Exercise.objects.all()]

    single, numeric, multiple, short, order, fill = read
    assert isinstance(single, Choices)
    assert [c.right for c in single.choices] == [True, False]
    assert numeric == Numeric(answer=3.0, tolerance=0.01, unit="€")
    assert isinstance(multiple, Choices)
    assert sum(c.right for c in multiple.choices) == 2
    assert short == Short(answers=("médiane", "la médiane"), pattern="m[ée]dianes?")
    assert order == Order(items=("un", "deux", "trois"))
    assert isinstance(fill, Fill)
    assert fill.blanks == (("2016", "deux mille seize"), ("2018",))
    assert fill.segments[0] == "<p>Le RGPD date de "
    assert "2016" not in "".join(fill.segments)


def test_a_chapter_is_rendered_once_with_everything_in_it() -> None:
    brought()

    page = Chapter.objects.get(position=1)

    assert "<math" in page.html
    assert 'alt="Un carré vert"' in page.html
    assert "<figcaption>Un carré</figcaption>" in page.html
    assert f'href="/apprendre/{folder.SLUG}/au-centre/la-mediane/#s-definition"' in page.html
    assert 'download="notes.csv"' in page.html
    assert '<span class="k">def</span>' in page.html
    assert 'class="callout callout--tip"' in page.html
    assert page.outline == [{"level": 2, "id": "s-un-exemple", "title": "Un exemple"}]
    assert "style=" not in page.html


def test_the_same_folder_again_is_nothing() -> None:
    brought()

    again = brought()

    assert not again.new
    assert Edition.objects.count() == 1
    assert LedgerEntry.objects.filter(executor="learning.import").count() == 1


def test_a_changed_folder_is_one_edition_more_and_the_first_stays() -> None:
    brought(publish=True)
    changed = folder.replaced("01-au-centre/02-la-mediane.md", "au-dessous", "en dessous")

    second = brought(changed)

    assert (second.new, second.edition.number, second.published) == (True, 2, False)
    parcours = Parcours.objects.get()
    assert parcours.current is not None
    assert parcours.current.number == 1
    assert "au-dessous" in Chapter.objects.get(edition=parcours.current, position=2).html


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE learning_edition SET title = 'autre'",
        "UPDATE learning_chapter SET html = 'autre'",
        "UPDATE learning_exercise SET definition = '{}'",
        "DELETE FROM learning_topic",
        "DELETE FROM learning_project",
        "DELETE FROM learning_placedfile",
        "UPDATE learning_module SET title = 'autre'",
    ],
)
def test_the_database_refuses_to_change_an_edition(statement: str) -> None:
    brought()

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_an_export_brought_back_is_no_change(tmp_path: Path) -> None:
    noisy = folder.with_file(
        "01-au-centre/images/photo.jpg", folder.picture("JPEG", quality=60, comment=b"secret")
    )
    brought(noisy)
    call_command("content", "export", folder.SLUG, str(tmp_path), verbosity=0)

    back = brought(
        {
            path.relative_to(tmp_path / folder.SLUG).as_posix(): path.read_bytes()
            for path in (tmp_path / folder.SLUG).rglob("*")
            if path.is_file()
        }
    )

    assert not back.new
    exported = (tmp_path / folder.SLUG / "01-au-centre/images/photo.jpg").read_bytes()
    assert b"secret" not in exported


def test_an_export_gives_back_the_texts_to_the_byte() -> None:
    files = folder.sources()
    files["01-au-centre/02-la-mediane.md"] = files["01-au-centre/02-la-mediane.md"].replace(
        b"\n", b"\r\n"
    )
    edition = brought(files).edition

    given = dict(sources_of(edition))

    texts = {path for path in files if path.endswith((".md", ".toml", ".csv"))}
    assert {path: given[path] for path in texts} == {path: files[path] for path in texts}
    assert set(given) == set(files)


def test_a_broken_file_changes_nothing_and_says_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    brought()
    broken = folder.replaced("01-au-centre/02-la-mediane.md", "minutes = 30", "minutes = trente")

    with pytest.raises(CommandError, match="rien n’a été changé"):
        call_command("content", "import", str(written(broken, tmp_path)), verbosity=0)

    assert Edition.objects.count() == 1
    told = capsys.readouterr().err
    assert f"{folder.SLUG}/01-au-centre/02-la-mediane.md:3" in told


def test_a_failure_in_the_middle_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: Any, **_more: Any) -> None:
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(Exercise.objects, "bulk_create", fail)

    with pytest.raises(DatabaseError, match="full"):
        brought()

    assert not Parcours.objects.exists()
    assert not PlacedFile.objects.exists()


def test_the_command_imports_publishes_and_answers_in_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = written(folder.sources(), tmp_path)

    call_command("content", "check", str(root))
    call_command("content", "import", str(root), "--publish", "--json")

    assert '"published": true' in capsys.readouterr().out
    assert Parcours.objects.get().published


def test_many_chapters_cost_few_queries() -> None:
    files = folder.sources()
    for number in range(10, 60):
        files[f"02-autour/{number}-chapitre-{number}.md"] = files["02-autour/01-l-etendue.md"]

    with CaptureQueriesContext(
        connection,
    ) as few:
        brought()
    with CaptureQueriesContext(connection) as many:
        brought(files)

    assert len(many) <= len(few) + 6


def test_the_trainer_publishes_and_withdraws(bob: Person) -> None:
    edition = brought().edition
    author = bob.subject.uuid

    assert put_online(edition=edition, author=author, at=NOW)
    assert not put_online(edition=edition, author=author, at=NOW)
    take_offline(parcours=edition.parcours, author=author, at=NOW)

    with pytest.raises(NotOnline):
        take_offline(parcours=edition.parcours, author=author, at=NOW)
    written_down = LedgerEntry.objects.filter(executor__startswith="learning.")
    assert [line.executor for line in written_down.order_by("id")] == [
        "learning.import",
        "learning.publish",
        "learning.unpublish",
    ]


def test_a_slug_that_is_no_address_is_refused(tmp_path: Path) -> None:
    (tmp_path / "Pas Bon").mkdir()
    (tmp_path / "Pas Bon" / "parcours.toml").write_text("")

    with pytest.raises(CommandError, match="corrigez"):
        call_command("content", "check", str(tmp_path))


def test_a_link_on_disk_is_refused(tmp_path: Path) -> None:
    root = written(folder.sources(), tmp_path)
    (root / folder.SLUG / "01-au-centre/images/ailleurs.png").symlink_to("/etc/passwd")

    with pytest.raises(CommandError, match="corrigez"):
        call_command("content", "import", str(root))

    assert not Edition.objects.exists()


def test_nothing_is_rendered_again_when_nothing_changed() -> None:
    brought()
    read: list[int] = []

    import_parcours(
        slug=folder.SLUG,
        files=folder.sources(),
        publish=False,
        author=None,
        at=NOW,
        read=read.append,
    )

    assert read == []


def test_what_is_wrong_is_told_all_at_once() -> None:
    files = folder.sources()
    folder.put(files, "01-au-centre/module.toml", "title = 3")
    folder.put(files, "perdu.docx", b"x")

    with pytest.raises(ContentRefused) as refused:
        brought(files)

    told = [(p.path, p.line) for p in refused.value.problems]
    assert ("01-au-centre/module.toml", 1) in told
    assert ("perdu.docx", 0) in told
