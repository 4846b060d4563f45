"""What authors get wrong is told with its place; what is hostile never reaches a page."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from html.parser import HTMLParser

import pytest
from PIL import Image

from clairevoie.learning.answering import Given, mark
from clairevoie.learning.content.exercises import Short
from clairevoie.learning.content.files import FileRefused, clean_file
from clairevoie.learning.content.folders import read_zip
from clairevoie.learning.content.pages import Page, Place, render_page
from clairevoie.learning.content.parcours import read_parcours
from clairevoie.learning.content.patterns import UnsafePattern, check_pattern
from clairevoie.learning.content.problems import ContentRefused, Problems
from clairevoie.learning.content.svg import UnsafeDrawing, clean_drawing
from tests.learning import folder


def page(markdown: str) -> Page:
    return render_page(markdown, Place(path="01-a/01-b.md", problems=Problems()))


def problems_of(files: dict[str, bytes]) -> list[tuple[str, int, str]]:
    with pytest.raises(ContentRefused) as refused:
        read_parcours(folder.SLUG, files)
    return [(p.path, p.line, p.said) for p in refused.value.problems]


# --- Hostile Markdown ---------------------------------------------------------------------------

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<iframe src='https://mal.example'></iframe>",
    "<style>body{display:none}</style>",
    "<svg onload=alert(1)>",
    "[clic](javascript:alert(1))",
    "[clic](JaVaScRiPt:alert(1))",
    "[clic](data:text/html;base64,PHNjcmlwdD4=)",
    "[clic](vbscript:x)",
    "![x](javascript:alert(1))",
    '<https://a.example/" onmouseover="alert(1)>',
    '[a](https://a.example "x\\" onclick=\\"alert(1)")',
    "$\\href{javascript:alert(1)}{x}$",
    "$<script>alert(1)</script>$",
    "$$\n</math><script>alert(1)</script>\n$$",
    '```"><script>alert(1)</script>\nx\n```',
    "```html\n<script>alert(1)</script>\n```",
    "> [!NOTE] <script>alert(1)</script>\n> x",
    '> [!VIDEO](https://a.example/"><script>alert(1)</script>) titre',
    "[^1]\n\n[^1]: <script>alert(1)</script>",
    "| a |\n|---|\n| <script>alert(1)</script> |",
    "terme\n: <script>alert(1)</script>",
    '## <a id="contenu" onclick="x()">titre</a>',
    "<!-- --><script>alert(1)</script>",
]
_ACTING = {"script", "iframe", "style", "svg", "object", "embed", "form", "input", "link", "meta"}
_CALLING = ("javascript:", "data:", "vbscript:")


class _Tags(HTMLParser):
    """What a browser would see: tags and attributes, not words that look like them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))


@pytest.mark.parametrize("markdown", HOSTILE)
def test_nothing_that_acts_comes_out_of_markdown(markdown: str) -> None:
    for tag, attributes in _Tags(page(markdown).html).tags:
        assert tag not in _ACTING
        assert not any(name.startswith("on") or name == "style" for name in attributes)
        for name in ("href", "src"):
            assert not attributes.get(name, "").lower().startswith(_CALLING)


def test_the_embedded_video_is_only_a_place_in_the_page() -> None:
    shown = page("> [!VIDEO](https://www.youtube.com/watch?v=abcdefghijk) Une leçon")

    assert "youtube" not in shown.html
    assert shown.embeds == [
        {
            "url": "https://www.youtube-nocookie.com/embed/abcdefghijk",
            "title": "Une leçon",
            "tracker": "video",
        }
    ]


# --- Where it is wrong --------------------------------------------------------------------------

CHAPTER = "01-au-centre/01-la-moyenne.md"
EXERCISES = "01-au-centre/01-la-moyenne.exercices.toml"


@pytest.mark.parametrize(
    ("path", "old", "new", "line", "said"),
    [
        (CHAPTER, "minutes = 20", "minutes = 0", 3, "de 1 à 600"),
        (CHAPTER, "minutes = 20", "minutes = 20\ntitel = 'x'", 4, "n’existe pas"),
        (CHAPTER, "## Un exemple", "# Un exemple", 8, "commencent à"),
        (CHAPTER, "## Un exemple", "#### Un exemple", 8, "sauté"),
        (CHAPTER, "images/carre.png", "images/rond.png", 10, "n’est pas dans le dossier"),
        (CHAPTER, "![Un carré vert]", "![]", 10, "entre les crochets"),
        (CHAPTER, "02-la-mediane.md", "09-ailleurs.md", 12, "aucun chapitre"),
        (CHAPTER, "[!TIP]", "[!ASTUCE]", 19, "Connus"),
        (CHAPTER, "\\frac{a+b}{2}", "\\frak{a+b", 6, "formule"),
        (CHAPTER, "+++\ntitle", "---\ntitle", 1, "fiche"),
        (EXERCISES, 'kind = "numeric"', 'kind = "number"', 13, "est l’un de"),
        (EXERCISES, '"moyenne-nombres"', '"moyenne-simple"', 12, "déjà"),
        (EXERCISES, "answer = 3", 'answer = "3"', 16, "un nombre"),
        (EXERCISES, ', right = true },\n    { text = "6"', ' },\n    { text = "6"', 6, "juste"),
        (EXERCISES, '"m[ée]dianes?"', '"(a+)+b"', 33, "répète une répétition"),
        (EXERCISES, "{{2016|deux mille seize}}", "{{|}}", 47, "Chaque trou"),
        (EXERCISES, "{{2016|deux mille seize}}", "$x = {{2016}}$", 47, "ôtez le nom du langage"),
        (EXERCISES, "{{2016|deux mille seize}}", "[a](/x '{{2016}}')", 47, "ôtez le nom"),
        ("parcours.toml", "price_cents = 0", "price_cents = 1.5", 7, "nombre entier"),
        ("parcours.toml", '"débutant"', '"facile"', 4, "débutant, intermédiaire, avancé"),
        ("parcours.toml", 'language = "fr"', 'language = "de"', 8, "fr, en"),
        ("02-autour/projet.md", "points = 4", "points = 0", 4, "de 1 à 100"),
        ("02-autour/projet.md", '"pdf", "ipynb"', '"PDF", ".7z", "rar"', 8, "« 7z », « rar »"),
        ("02-autour/projet.md", '"ipynb"', '"gz"', 8, "zip. Tout format de texte"),
        ("02-autour/projet.md", '"ipynb"', '"exe"', 8, "« exe »"),
    ],
)
def test_a_mistake_is_told_with_its_line(
    path: str, old: str, new: str, line: int, said: str
) -> None:
    told = problems_of(folder.replaced(path, old, new))

    assert any(p == path and n == line and said in words for p, n, words in told), told


def test_a_toml_that_is_none_is_told_with_its_line() -> None:
    told = problems_of(folder.with_file("01-au-centre/module.toml", 'title = "a"\nsummary = "b\n'))

    assert told[0][:2] == ("01-au-centre/module.toml", 2)


def test_a_chapter_without_its_sheet_is_told_once() -> None:
    files = folder.sources()
    path = "02-autour/01-l-etendue.md"
    files[path] = b"## Un titre\n\nDu texte.\n"

    assert [line for at, line, _said in problems_of(files) if at == path] == [1]


def test_a_file_in_another_encoding_is_told() -> None:
    told = problems_of(
        folder.with_file("01-au-centre/module.toml", "title = 'é'".encode("latin1"))
    )

    assert "UTF-8" in told[0][2]


def test_a_folder_without_its_sheet_or_its_chapters_is_told() -> None:
    files = folder.sources()
    folder.put(files, "02-autour/module.toml", None)
    folder.put(files, "03-vide/module.toml", 'title = "Vide"\nsummary = "x"')
    folder.put(files, "sans-numero/module.toml", 'title = "x"\nsummary = "x"')

    told = {(path, words) for path, _line, words in problems_of(files)}

    assert {path for path, _ in told} >= {"02-autour", "03-vide", "sans-numero"}


# --- Patterns -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["02-autour/02-projet.md", "03-exercices/01-un.md"])
def test_a_name_that_learners_pages_need_is_refused(path: str) -> None:
    files = folder.sources()
    files[path] = files["02-autour/01-l-etendue.md"]
    files["03-exercices/module.toml"] = files["02-autour/module.toml"]

    told = problems_of(files)

    assert any(p in path and "sert déjà aux adresses" in words for p, _line, words in told), told


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a+)+",
        r"(a|a)*b{2,}c*(x*)*",
        r"(?=a)b",
        r"(a)\1",
        r".*.*.*",
        r"(?<!a)b",
        "(",
        r"(a{1,5}){1,5}",
    ],
)
def test_a_pattern_that_could_take_for_ever_is_refused(pattern: str) -> None:
    with pytest.raises(UnsafePattern):
        check_pattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    [r"(a?){50}a{50}", "a?" * 40 + "a" * 40, r"(ab|[a-c]{2})*[b]", r"a{0,200}" * 4 + "[b]"],
)
def test_a_pattern_that_may_be_read_in_a_million_ways_is_refused(pattern: str) -> None:
    with pytest.raises(UnsafePattern):
        check_pattern(pattern)


@pytest.mark.parametrize(
    ("pattern", "answer"),
    [
        (r"m[ée]dianes?", "médiane"),
        (r"\d+ ?€", "12 €"),
        (r"(oui|ouais)", "ouais"),
        (r"a{2,4}.*", "aaab"),
        (r"(l[ea] )?.*x.*", "le taux moyen"),
        (r"(ab)+", "abab"),
    ],
)
def test_an_ordinary_pattern_is_accepted_and_reads_an_answer(pattern: str, answer: str) -> None:
    check_pattern(pattern)

    asked = Short(answers=("autre",), pattern=pattern)
    assert mark(asked, Given(said=(answer,))).points == 1
    assert mark(asked, Given(said=("!",))).points == 0


# --- Pictures -----------------------------------------------------------------------------------


def test_what_hides_in_a_picture_stays_outside() -> None:
    exif = Image.Exif()
    exif[0x010E] = "secret d’auteur"
    given = folder.picture("JPEG", exif=exif.tobytes()) + b"PK\x03\x04archive"

    kept = clean_file("images/a.jpg", given).content

    assert b"secret" not in kept
    assert b"archive" not in kept


def test_a_picture_that_unpacks_on_gigabytes_is_refused() -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        mark = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", mark)

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IEND", b"")

    with pytest.raises(FileRefused):
        clean_file("images/a.png", bomb)


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("a.png", b"<html>"),
        ("a.jpg", folder.picture("PNG")),
        ("a.webp", b""),
        ("a.mp4", b"<html><script>"),
        ("a.webm", b"GIF89a"),
        ("a.vtt", b"<html>"),
        ("a.csv", b"0" * (5 * 1024 * 1024 + 1)),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(path: str, data: bytes) -> None:
    with pytest.raises(FileRefused):
        clean_file(path, data)


def _svg(inside: str, attributes: str = "") -> bytes:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 10 20" {attributes}>{inside}</svg>'
    ).encode()


@pytest.mark.parametrize(
    "drawing",
    [
        _svg("<script>alert(1)</script>"),
        _svg("<foreignObject><p>x</p></foreignObject>"),
        _svg("<rect/>", 'onload="alert(1)"'),
        _svg('<rect onclick="x()"/>'),
        _svg('<use xlink:href="https://mal.example/a.svg#x"/>'),
        _svg('<use href="data:image/svg+xml,x"/>'),
        _svg('<rect fill="url(https://mal.example/x)"/>'),
        _svg("<style>@import 'https://mal.example/x.css';</style>"),
        _svg('<a href="javascript:alert(1)"><text>x</text></a>'),
        _svg('<animate attributeName="href" to="javascript:x"/>'),
        _svg('<image href="https://mal.example/x.png"/>'),
        b'<!DOCTYPE svg [<!ENTITY a "aa">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>',
        b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
        b'<svg xmlns="http://www.w3.org/2000/svg"><text>&a;</text></svg>',
        b"<html></html>",
        b"not xml",
        _svg("<g>" * 200 + "</g>" * 200),
    ],
)
def test_a_drawing_that_acts_or_calls_is_refused(drawing: bytes) -> None:
    with pytest.raises(UnsafeDrawing):
        clean_drawing(drawing)


def test_a_drawing_keeps_what_draws_and_loses_what_editors_leave() -> None:
    given = _svg(
        "<metadata>Ada, rue des Lilas</metadata><!-- note -->"
        '<defs><linearGradient id="g"/></defs><style>.a{fill:url(#g)}</style>'
        '<rect class="a" width="3" fill="url(#g)"/>',
        'xmlns:inkscape="http://www.inkscape.org/x" inkscape:export-filename="/home/ada/x.png"',
    )

    kept = clean_drawing(given)

    assert (kept.width, kept.height) == (10, 20)
    assert b"linearGradient" in kept.content
    assert b"url(#g)" in kept.content
    assert b"ada" not in kept.content.lower()
    assert b"Lilas" not in kept.content


# --- Archives -----------------------------------------------------------------------------------


def _archive(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return out.getvalue()


def _link() -> zipfile.ZipInfo:
    link = zipfile.ZipInfo("a/lien.md")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    return link


@pytest.mark.parametrize(
    ("archive", "said"),
    [
        (b"not a zip", "zip lisible"),
        (_archive(("../../etc/passwd", b"x")), "sort de l’archive"),
        (_archive(("/etc/passwd", b"x")), "sort de l’archive"),
        (_archive(("a\\..\\b", b"x")), "sort de l’archive"),
        (_archive((_link(), b"/etc/passwd")), "lien"),
        (_archive(("parcours.toml", b"")), "adresse du parcours"),
        (_archive(("a/x.md", b"x")), "dossier d’un parcours"),
        (_archive(("a/parcours.toml", b""), ("b/x.md", b"")), "aucun parcours"),
    ],
)
def test_an_archive_that_is_not_a_folder_is_refused(archive: bytes, said: str) -> None:
    with pytest.raises(ContentRefused) as refused:
        read_zip(archive)

    assert said in refused.value.problems[0].said


def test_an_archive_that_unpacks_without_end_is_refused() -> None:
    bomb = _archive(("a/parcours.toml", b""), ("a/b.csv", b"\0" * (201 * 1024 * 1024)))
    assert len(bomb) < 1024 * 1024

    with pytest.raises(ContentRefused) as refused:
        read_zip(bomb)

    assert "200 Mo" in refused.value.problems[0].said


def test_an_archive_gives_the_folder_it_was_made_of() -> None:
    files = folder.sources()

    assert read_zip(folder.zipped({**files, ".DS_Store": b"x"})) == {folder.SLUG: files}
