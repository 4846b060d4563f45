"""Regular expressions that always answer quickly, whatever is typed.

The subset of RE2: no look-around, no back-reference; and, since Python's engine backtracks, no
repetition inside another one, two unbounded repetitions at most, and no more than a million ways
of reading an answer: ``(a?){50}a{50}`` has as many as there are atoms in a drop of water.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib import import_module
from typing import Any, Final

from django.utils.translation import gettext as _

# The standard library's own parser: private by name, and the only one there is.
_parser: Any = import_module("re._parser")
_MANY: Final = 1_000  # a repetition that goes further counts as unbounded
_LONGEST: Final = 200  # characters of an answer (``learning.answering``)
_MOST_WAYS: Final = 1_000_000
_REPEATS: Final = frozenset({"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"})
_PLAIN: Final = frozenset({"LITERAL", "NOT_LITERAL", "ANY", "IN", "AT", "CATEGORY", "RANGE"})


class UnsafePattern(Exception):
    """Its message says why, in the reader's language."""


def check_pattern(pattern: str) -> None:
    """Raises :class:`UnsafePattern`."""
    try:
        parsed = _parser.parse(pattern)
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        said = _("Ce n’est pas une expression régulière : %(detail)s.")
        raise UnsafePattern(said % {"detail": error}) from error
    if _unbounded(parsed, inside=False) > 2:
        raise UnsafePattern(_("Cette expression a plus de deux répétitions sans fin."))
    if _ways(parsed) > _MOST_WAYS:
        raise UnsafePattern(_("Cette expression se lit de trop de façons : simplifiez-la."))


def _ways(parsed: Iterable[tuple[Any, Any]]) -> int:
    """How many paths a backtracking engine may try, at most; counted no further than it matters.

    A path is a number of turns for each repetition and a branch for each alternative.
    """
    ways = 1
    for operation, argument in parsed:
        name = str(operation)
        if name == "SUBPATTERN":
            ways *= _ways(argument[3])
        elif name == "BRANCH":
            ways *= sum(_ways(branch) for branch in argument[1])
        elif name in _REPEATS:
            least, most, repeated = argument
            ways *= _ways_of_turns(int(least), min(int(most), _LONGEST), _ways(repeated))
        if ways > _MOST_WAYS:
            return _MOST_WAYS + 1
    return ways


def _ways_of_turns(least: int, most: int, each: int) -> int:
    return sum(min(each, _MOST_WAYS) ** turns for turns in range(min(least, most), most + 1))


def _unbounded(parsed: Iterable[tuple[Any, Any]], *, inside: bool) -> int:
    """Unbounded repetitions in ``parsed``; refuses what could take for ever."""
    count = 0
    for operation, argument in parsed:
        name = str(operation)
        if name in _PLAIN:
            continue
        if name == "SUBPATTERN":
            count += _unbounded(argument[3], inside=inside)
        elif name == "BRANCH":
            count += sum(_unbounded(branch, inside=inside) for branch in argument[1])
        elif name in _REPEATS:
            _least, most, repeated = argument
            if most != 1 and inside:
                raise UnsafePattern(_("Cette expression répète une répétition : simplifiez-la."))
            endless = int(most) > _MANY
            count += endless + _unbounded(repeated, inside=inside or most != 1)
        else:
            said = _("Cette expression emploie %(name)s, que l’on n’accepte pas.")
            raise UnsafePattern(said % {"name": name})
    return count
