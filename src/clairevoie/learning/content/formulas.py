"""LaTeX to MathML, which browsers draw and screen readers say, without any script."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from django.utils.translation import gettext as _
from latex2mathml.converter import convert
from latex2mathml.exceptions import (
    DenominatorNotFoundError,
    DoubleSubscriptsError,
    DoubleSuperscriptsError,
    ExtraLeftOrMissingRightError,
    InvalidAlignmentError,
    InvalidStyleForGenfracError,
    InvalidWidthError,
    LimitsMustFollowMathOperatorError,
    MissingEndError,
    MissingSuperScriptOrSubscriptError,
    NoAvailableTokensError,
    NumeratorNotFoundError,
)
from markdown_it.common.utils import escapeHtml

LONGEST: Final = 2_000
_UNKNOWN: Final = re.compile(r"<m[ion][^>]*>(\\[A-Za-z]+)</m")
_REFUSALS: Final = (
    DenominatorNotFoundError,
    DoubleSubscriptsError,
    DoubleSuperscriptsError,
    ExtraLeftOrMissingRightError,
    InvalidAlignmentError,
    InvalidStyleForGenfracError,
    InvalidWidthError,
    LimitsMustFollowMathOperatorError,
    MissingEndError,
    MissingSuperScriptOrSubscriptError,
    NoAvailableTokensError,
    NumeratorNotFoundError,
    # What the library raises by accident on LaTeX that is not any.
    IndexError,
    KeyError,
    ValueError,
    RecursionError,
    AttributeError,
    TypeError,
)


class NotAFormula(Exception):
    """Its message says why, in the reader's language."""


@lru_cache(maxsize=4096)
def mathml(latex: str, *, block: bool) -> str:
    """The formula as MathML, its LaTeX beside it. Raises :class:`NotAFormula`."""
    if len(latex) > LONGEST:
        raise NotAFormula(_("Cette formule dépasse 2 000 signes : coupez-la."))
    if not _is_closed(latex):
        raise NotAFormula(_("Une accolade de cette formule n’est pas fermée, ou pas ouverte."))
    try:
        drawn = convert(latex, display="block" if block else "inline")
    except _REFUSALS as error:
        said = _("Cette formule n’est pas lisible (%(name)s) : vérifiez accolades et commandes.")
        raise NotAFormula(said % {"name": type(error).__name__.removesuffix("Error")}) from error
    unknown = _UNKNOWN.search(drawn)
    if unknown:
        said = _("La commande %(command)s n’est pas connue dans les formules.")
        raise NotAFormula(said % {"command": unknown[1]})
    return drawn.replace("<math ", f'<math alttext="{escapeHtml(latex)}" ', 1)


def _is_closed(latex: str) -> bool:
    """The library closes braces by itself, silently, where it pleases."""
    depth = 0
    for brace in re.findall(r"\\.|[{}]", latex):
        depth += {"{": 1, "}": -1}.get(brace, 0)
        if depth < 0:
            return False
    return depth == 0
