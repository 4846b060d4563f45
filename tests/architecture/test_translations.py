"""Every French sentence has its English one, compiled, with the same blanks to fill."""

from __future__ import annotations

import ast
import gettext
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, cast

import polib
import pytest
from django.utils.translation import to_locale, trans_real
from django.utils.translation.template import templatize

from tests.architecture.source import REPOSITORY, SOURCE, dotted, modules, nothing

ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
BLANK = re.compile(r"%\((\w+)\)[sd]|%[sd]|{(\w*)}")

# msgid → why it needs no English
THE_SAME_IN_ENGLISH: dict[str, str] = {}


def _sources() -> list[Path]:
    """Python modules and templates (HTML, text, XML) of the platform."""
    templates = [path for path in SOURCE.rglob("templates/**/*") if path.is_file()]
    python = [path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts]
    return sorted(
        python + [path for path in templates if path.suffix in (".html", ".txt", ".xml")]
    )


@cache
def _french(folder: Path) -> dict[str, str]:
    """Every msgid (context in front) → where it is said, as xgettext reads our sources."""
    if shutil.which("xgettext") is None:
        pytest.fail("apt install gettext")
    copies = []
    for number, path in enumerate(_sources()):
        text = path.read_text()
        copy = folder / f"{number}.py"
        if path.suffix == ".py":  # xgettext leaves \\u escapes of Python as they are
            text = ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
        else:
            text = templatize(text, origin=str(path))
        copy.write_text(text)
        copies.append(copy)
    keywords = (
        *("gettext_noop", "gettext_lazy", "ngettext_lazy:1,2", "ngettext:1,2", "_", "gettext"),
        *("pgettext:1c,2", "npgettext:1c,2,3", "pgettext_lazy:1c,2", "npgettext_lazy:1c,2,3"),
    )
    catalogue = folder / "found.pot"
    subprocess.run(
        [
            *("xgettext", "--language=Python", "--from-code=UTF-8", "--no-wrap", "--force-po"),
            *(f"--keyword={keyword}" for keyword in keywords),
            *("--output", str(catalogue), *map(str, copies)),
        ],
        check=True,
        capture_output=True,
    )
    said = {text: path for path, text in _refusals()}
    where = {str(copy): path for copy, path in zip(copies, _sources(), strict=True)}
    return said | {
        _key(entry.msgctxt, entry.msgid): str(
            where[entry.occurrences[0][0]].relative_to(REPOSITORY)
            if entry.occurrences and entry.occurrences[0][0] in where
            else ""
        )
        for entry in polib.pofile(str(catalogue))
    }


FRENCH = re.compile(
    r"[éèàêçùœ’«]|\b(?:le|la|les|une?|ce|cette|vous|votre|est|pas)\b", re.IGNORECASE
)


def _refusals() -> Iterator[tuple[str, str]]:
    """What exceptions say to people: their docstring, on one line (clairevoie.lib.speech)."""
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef) and any(
                dotted(base).endswith(("Exception", "Error", "Refused", "Refusal"))
                for base in node.bases
            ):
                text = re.sub(r"[ \n]+", " ", ast.get_docstring(node) or "").strip()
                if FRENCH.search(text):
                    yield module.name, text


def _key(context: str | None, msgid: str) -> str:
    return f"{context}\x04{msgid}" if context else msgid


@pytest.fixture(scope="module")
def french(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return _french(tmp_path_factory.mktemp("messages"))


def _catalogues() -> list[Path]:
    return sorted(SOURCE.rglob("locale/*/LC_MESSAGES/django.po"))


def test_every_french_sentence_is_translated(french: dict[str, str]) -> None:
    djangos = cast("Any", trans_real.DjangoTranslation(to_locale("en")))._catalog
    ours = {
        _key(entry.msgctxt, entry.msgid)
        for path in _catalogues()
        for entry in polib.pofile(str(path))
        if entry.translated()
    }
    nothing(
        (
            f"{place}: {key[:90]!r}"
            for key, place in sorted(french.items(), key=lambda item: item[1])
            if key not in ours
            and key not in THE_SAME_IN_ENGLISH
            and djangos.get(key) is None
            and re.search(r"[a-zà-ÿ]{2}", key)
        ),
        mend="write the English in the app's locale/en/LC_MESSAGES/django.po",
    )


def test_no_translation_is_left_unfinished() -> None:
    nothing(
        (
            f"{path.relative_to(REPOSITORY)}: {entry.msgid[:90]!r}"
            for path in _catalogues()
            for entry in polib.pofile(str(path))
            if not entry.obsolete and not entry.translated()
        ),
        mend="finish these translations (fuzzy ones are unfinished)",
    )


@pytest.mark.parametrize(
    "path", _catalogues(), ids=lambda path: f"{path.parts[-5]}-{path.parts[-3]}"
)
def test_the_compiled_translations_are_those_of_the_sources(path: Path) -> None:
    compiled = path.with_suffix(".mo")
    assert compiled.exists(), f"msgfmt -o {compiled} {path}"
    with compiled.open("rb") as file:
        catalogue = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    expected: dict[str | tuple[str, int], str] = {}
    for entry in polib.pofile(str(path)):
        key = _key(entry.msgctxt, entry.msgid)
        if entry.translated():
            for number, text in entry.msgstr_plural.items():
                expected[key, number] = text
            if not entry.msgstr_plural:
                expected[key] = entry.msgstr

    assert {key: text for key, text in catalogue.items() if key} == expected, (
        f"msgfmt -o {compiled} {path}"
    )


def test_a_translation_fills_the_same_blanks() -> None:
    different = [
        f"{path.parts[-5]}: {text[:90]!r}"
        for path in _catalogues()
        for entry in polib.pofile(str(path))
        for text in (entry.msgstr, *entry.msgstr_plural.values())
        if not set(BLANK.findall(text)) <= set(BLANK.findall(entry.msgid + entry.msgid_plural))
    ]

    nothing(different, mend="the English asks for blanks that the French does not give")


TYPOGRAPHY = {
    "« is followed by a no-break space": re.compile(r"«(?!\u00a0)"),
    "» is preceded by a no-break space": re.compile(r"(?<!\u00a0)»"),
    "a no-break space stands before « : »": re.compile(r"[a-zà-ÿ0-9)»] :(?!\w)|[a-zà-ÿ]: "),
    "a narrow no-break space stands before ; ! ?": re.compile(
        r"(?<=[a-zà-ÿ0-9)»])[ \u00a0]?[;!?](?!\w)"
    ),
    "the apostrophe is ’": re.compile(r"[a-zA-Zà-ÿ]'[a-zà-ÿ]"),
}
MARKUP = re.compile(r"<[^>]*>|&\w+;|%\(\w+\)[sd]|https?://\S+|\{[^}]*\}")


def test_french_is_set_with_care(french: dict[str, str]) -> None:
    """Spaces and quotes as the Imprimerie nationale sets them."""
    nothing(
        (
            f"{place}: {rule}: {key[:70]!r}"
            for key, place in sorted(french.items(), key=lambda item: item[1])
            for rule, form in TYPOGRAPHY.items()
            if form.search(MARKUP.sub("x", key))
        ),
        mend="set these sentences",
    )
