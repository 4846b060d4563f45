"""Exercises as authors write them, and as typed values that come back from the database."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from clairevoie.learning.content.pages import Place, render_fragment, render_line
from clairevoie.learning.content.patterns import UnsafePattern, check_pattern
from clairevoie.learning.content.tables import Table, Text, read_table
from clairevoie.learning.models import Kind

MOST: Final = 40  # exercises of one chapter
_CODE: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_BLANK: Final = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
# Stand for a blank while the text is rendered; a character that no keyboard types.
_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK: Final = re.compile(f"{_OPEN}\\d+{_CLOSE}")
_TAG: Final = re.compile(r"""<(?:[^"'>]|"[^"]*"|'[^']*')*>""")


# --- Values -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of the answers offered; ``text`` and ``why`` are HTML."""

    text: str
    right: bool
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """``single``: exactly one is right; ``multiple``: one at least."""

    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Short:
    """Right when the answer is one of ``answers``, or matches the whole of ``pattern``."""

    answers: tuple[str, ...]
    pattern: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Numeric:
    """Right within ``tolerance``."""

    answer: float
    tolerance: float = 0.0
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """``items`` (HTML) in the right order."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """``segments`` (HTML) with a blank between each two; each blank's accepted answers."""

    segments: tuple[str, ...]
    blanks: tuple[tuple[str, ...], ...]


Definition = Choices | Short | Numeric | Order | Fill


def definition_from(kind: str, stored: dict[str, Any]) -> Definition:
    """What ``Exercise.definition`` holds, as a value."""
    match Kind(kind):
        case Kind.SINGLE | Kind.MULTIPLE:
            return Choices(choices=tuple(Choice(**choice) for choice in stored["choices"]))
        case Kind.SHORT:
            return Short(answers=tuple(stored["answers"]), pattern=stored["pattern"])
        case Kind.NUMERIC:
            return Numeric(**stored)
        case Kind.ORDER:
            return Order(items=tuple(stored["items"]))
        case Kind.FILL:
            return Fill(
                segments=tuple(stored["segments"]),
                blanks=tuple(tuple(answers) for answers in stored["blanks"]),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseText:
    """An exercise ready to be stored; its words are HTML."""

    code: str
    kind: str
    prompt: str
    hint: str
    explanation: str
    definition: dict[str, Any]


# --- Reading ------------------------------------------------------------------------------------


def read_exercises(text: Text, place: Place, seen: dict[str, str]) -> list[ExerciseText]:
    """The exercises of one file; ``seen`` holds the codes of the parcours, and where they are."""
    whole = read_table(text, place.problems)
    if whole is None:
        return []
    starts = [n for n, line in enumerate(whole.lines, 1) if line.strip() == "[[exercise]]"]
    given = whole.tables("exercise", least=1, most=MOST)
    whole.end()
    ends = [*starts[1:], len(whole.lines) + 1]
    read = []
    for at, table in enumerate(given):
        if at < len(starts):
            table.first, table.lines = starts[at], whole.lines[starts[at] - 1 : ends[at] - 1]
        read.append(_read_one(table, place, seen))
    return read


def _read_one(table: Table, place: Place, seen: dict[str, str]) -> ExerciseText:
    code = table.text("id", most=80)
    if code and not _CODE.fullmatch(code):
        table.wrong("id", _("« id » s’écrit en minuscules, chiffres et tirets."))
    if code in seen:
        said = _("« %(code)s » sert déjà dans %(path)s : un id n’est employé qu’une fois.")
        table.wrong("id", said % {"code": code, "path": seen[code]})
    elif code:
        seen[code] = table.path
    kind = table.choice("kind", Kind.values)

    def rendered(key: str, *, required: bool) -> str:
        words = table.text(key, most=10_000, required=required)
        return render_fragment(words, place.at(table.line_of(key))) if words else ""

    prompt = rendered("prompt", required=True)
    explanation = rendered("explanation", required=True)
    hint = rendered("hint", required=False)
    definition = _READERS[kind](table, place) if kind in _READERS else None
    if definition is not None:
        table.end()
    return ExerciseText(
        code=code,
        kind=kind,
        prompt=prompt,
        hint=hint,
        explanation=explanation,
        definition=asdict(definition) if definition else {},
    )


def _choices(table: Table, place: Place, *, several: bool) -> Choices:
    read = []
    for given in table.tables("choices", least=2, most=12):
        words, why = given.text("text"), given.text("why", required=False)
        right = given.flag("right")
        given.end()
        at = place.at(given.first)
        read.append(Choice(text=render_line(words, at), right=right, why=render_line(why, at)))
    right_ones = sum(choice.right for choice in read)
    if read and not several and right_ones != 1:
        table.wrong("choices", _("Une seule réponse est juste : une seule a right = true."))
    if read and several and not right_ones:
        table.wrong("choices", _("Aucune réponse n’est juste : ajoutez right = true."))
    texts = [choice.text for choice in read]
    if len(set(texts)) < len(texts):
        table.wrong("choices", _("Deux réponses disent la même chose."))
    return Choices(choices=tuple(read))


def _short(table: Table, place: Place) -> Short:
    pattern = table.text("pattern", most=200, required=False)
    if pattern:
        try:
            check_pattern(pattern)
        except UnsafePattern as error:
            table.wrong("pattern", str(error))
    answers = table.texts("answers", least=0 if pattern else 1, longest=200)
    return Short(answers=tuple(answers), pattern=pattern)


def _numeric(table: Table, place: Place) -> Numeric:
    tolerance = table.number("tolerance", default=0.0)
    if tolerance < 0:
        table.wrong("tolerance", _("Une tolérance est positive."))
    return Numeric(
        answer=table.number("answer"),
        tolerance=tolerance,
        unit=table.text("unit", most=20, required=False),
    )


def _order(table: Table, place: Place) -> Order:
    items = table.texts("items", least=3, most=12, longest=500)
    if len(set(items)) < len(items):
        table.wrong("items", _("Deux éléments sont les mêmes : leur ordre ne se devine pas."))
    at = place.at(table.line_of("items"))
    return Order(items=tuple(render_line(item, at) for item in items))


def _fill(table: Table, place: Place) -> Fill:
    text = table.text("text", most=5_000)
    blanks = [[a.strip() for a in found.split("|")] for found in _BLANK.findall(text)]
    if text and not blanks:
        table.wrong(
            "text", _("Aucun trou : écrivez la réponse entre {{ et }}, là où il faut compléter.")
        )
    if len(blanks) > 20 or any(not all(answers) for answers in blanks):
        table.wrong("text", _("Chaque trou a sa réponse, et il y en a vingt au plus."))
    if _OPEN in text or _CLOSE in text:
        table.wrong("text", _("Un caractère invisible se cache ici : retirez-le."))
    numbers = iter(range(len(blanks)))
    marked = _BLANK.sub(lambda _found: f"{_OPEN}{next(numbers)}{_CLOSE}", text)
    html = render_fragment(marked, place.at(table.line_of("text"))) if text else ""
    # Once each, and in the text: a field within an attribute would tear the page.
    segments = _MARK.split(html)
    between = len(_MARK.findall(_TAG.sub("", html)))
    if not html.count(_OPEN) == between == len(blanks) == len(segments) - 1:
        said = _(
            "Un trou ne peut être ni dans une adresse, ni dans une formule, ni dans du code en "
            "couleurs\u00a0: là, ôtez le nom du langage."
        )
        table.wrong("text", said)
    return Fill(segments=tuple(segments), blanks=tuple(tuple(answers) for answers in blanks))


_READERS: Final[dict[str, Callable[[Table, Place], Definition]]] = {
    Kind.SINGLE.value: lambda table, place: _choices(table, place, several=False),
    Kind.MULTIPLE.value: lambda table, place: _choices(table, place, several=True),
    Kind.SHORT.value: _short,
    Kind.NUMERIC.value: _numeric,
    Kind.ORDER.value: _order,
    Kind.FILL.value: _fill,
}
