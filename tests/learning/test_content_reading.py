"""A lesson on a page: third parties stay outside, drawings follow the light, numbers are said."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from django.db import connection
from django.template import Context, Template
from django.test import RequestFactory

from clairevoie.learning.actions.importing import import_parcours
from clairevoie.learning.drawing import lattice_of
from clairevoie.learning.models import Chapter, Edition
from clairevoie.learning.templatetags.learning import price, spent
from tests.cast import NOW
from tests.learning import folder

FILM = "> [!VIDEO](https://www.youtube.com/watch?v=abcdefghijk) Le film\n"


def _brought(files: dict[str, bytes]) -> Chapter:
    done = import_parcours(slug=folder.SLUG, files=files, publish=True, author=None, at=NOW)
    return Chapter.objects.get(edition=done.edition, position=2)


def _with(markdown: str) -> dict[str, bytes]:
    files = folder.sources()
    path = "01-au-centre/02-la-mediane.md"
    return folder.put(files, path, files[path] + f"\n{markdown}\n".encode())


@pytest.mark.django_db
def test_a_third_partys_video_is_a_link_until_its_reader_agrees(rf: RequestFactory) -> None:
    chapter = _brought(_with(f"Avant.\n\n{FILM}\nAprès."))

    template = Template("{% load learning %}{% lesson chapter %}")
    shown = template.render(Context({"chapter": chapter, "request": rf.get("/x/")}))

    assert "<iframe" not in shown
    assert "data-embed" not in shown
    assert 'href="https://www.youtube-nocookie.com/embed/abcdefghijk"' in shown
    assert shown.index("Avant.") < shown.index("Le film") < shown.index("Après.")


@pytest.mark.django_db
def test_a_video_of_ours_plays_with_its_subtitles() -> None:
    files = _with("> [!VIDEO](videos/geste.mp4) Le geste")
    folder.put(files, "01-au-centre/videos/geste.mp4", b"\0\0\0\x18ftypmp42")
    folder.put(
        files, "01-au-centre/videos/geste.vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\nSalut\n"
    )

    html = _brought(files).html

    assert "<video controls" in html
    assert '<track kind="captions"' in html
    assert "<figcaption>Le geste</figcaption>" in html


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("style", "paper"),
    [("", True), ("<style>@media (prefers-color-scheme: dark){text{fill:#fff}}</style>", False)],
)
def test_a_drawing_in_ink_stands_on_paper(style: str, *, paper: bool) -> None:
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4">{style}<rect/></svg>'
    files = _with("![Un carré](images/c.svg)")
    folder.put(files, "01-au-centre/images/c.svg", drawing)

    assert ('class="on-paper"' in _brought(files).html) is paper


@pytest.mark.parametrize(
    ("minutes", "said"), [(45, "45\u00a0min"), (60, "1\u00a0h"), (125, "2\u00a0h\u00a005")]
)
def test_minutes_are_said_in_hours(minutes: int, said: str) -> None:
    assert spent(minutes) == said


@pytest.mark.parametrize(
    ("cents", "said"),
    [
        (0, "gratuit"),
        (49_000, "490\u00a0€"),
        (1_250, "12,50\u00a0€"),
        (123_450, "1\u00a0234,50\u00a0€"),
    ],
)
def test_a_price_is_said_in_euros(cents: int, said: str) -> None:
    assert price(cents) == said


def test_a_parcours_is_drawn_with_one_lozenge_a_chapter() -> None:
    drawn = lattice_of([6, 7, 2])

    assert drawn.path.count("M") == 15
    assert (drawn.width, drawn.height) == (150, 62)
    assert lattice_of([]).path == ""


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_make_one_edition(tmp_path: Path) -> None:
    start = threading.Barrier(2)
    failures: list[BaseException] = []

    def bring() -> None:
        try:
            start.wait()
            import_parcours(
                slug=folder.SLUG, files=folder.sources(), publish=True, author=None, at=NOW
            )
        except BaseException as error:  # noqa: BLE001  # told by the test
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=bring) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert Edition.objects.count() == 1
