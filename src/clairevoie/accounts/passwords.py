"""Passwords of 50 bits at least (CNIL, délibération 2022-100, case 2; P-081, F.8).

Throttling is the other half of case 2 (settings: ``login_failed``). The 50 bits are the CNIL's
count, length × log2(alphabet). It believes that people draw characters at random: a second
count, by the habits that attackers know, refuses « Azerty2026!!!! ».
"""

from __future__ import annotations

import gzip
import math
import re
from functools import cache
from pathlib import Path

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LEAST_LENGTH = 12
MOST_LENGTH = 200  # counting and hashing take time
LEAST_BITS = 50
LEAST_SURPRISE = 30  # bits: a thousand million guesses, against ten an hour

_CLASSES = ((r"[a-z]", 26), (r"[A-Z]", 26), (r"[0-9]", 10), (r"[^A-Za-z0-9]", 37))
_WORD_BITS = math.log2(7776)  # one word drawn from a list of 7,776
_RUNS = re.compile(r"[^\W\d_]+|\d+|[\W_]+")
_KEYBOARD = ("azertyuiop", "qwertyuiop", "qsdfghjklm", "asdfghjkl", "wxcvbn", "zxcvbnm")
_LEET = str.maketrans("0134578@$!", "oleastbasi")
_SHORTEST_WORD, _LONGEST_WORD = 4, 20
_LOCAL_WORDS = ("azerty", "motdepasse", "soleil", "bonjour", "smartsolutions", "clairevoie")


def bits(password: str) -> float:
    """The CNIL's count: length × log2(size of the alphabet used)."""
    alphabet = sum(size for characters, size in _CLASSES if re.search(characters, password))
    return len(password) * math.log2(alphabet) if alphabet else 0.0


def surprise(password: str) -> float:
    """Bits left to guess for somebody who knows common words, years and keyboard runs."""
    readings = (password, password.translate(_LEET))
    return min(sum(_piece(piece) for piece in _RUNS.findall(reading)) for reading in readings)


@cache
def _common_words() -> frozenset[str]:
    """The words in Django's list of the 20,000 commonest passwords."""
    path = Path(password_validation.__file__).parent / "common-passwords.txt.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        words = {line.strip() for line in lines}
    return frozenset(w for w in words if len(w) >= _SHORTEST_WORD and w.isalpha()).union(
        _LOCAL_WORDS
    )


def _piece(piece: str) -> float:
    if piece.isdigit():
        year = re.fullmatch(r"(?:19|20)\d\d", piece)
        return 7.0 if year else _fresh(piece) * math.log2(10)
    if not piece.isalpha():
        return _fresh(piece) * math.log2(37)
    return _letters(piece.lower()) + (piece != piece.lower())


def _letters(run: str) -> float:
    """Known words count as one draw from a list; other letters one by one."""
    total, at = 0.0, 0
    while at < len(run):
        ends = range(min(len(run), at + _LONGEST_WORD), at + _SHORTEST_WORD - 1, -1)
        known = next((end for end in ends if run[at:end] in _common_words()), None)
        if known:
            total, at = total + _WORD_BITS, known
        else:
            total, at = total + _is_fresh(run, at) * math.log2(26), at + 1
    return total


def _fresh(run: str) -> int:
    return sum(_is_fresh(run, at) for at in range(len(run)))


def _is_fresh(run: str, at: int) -> bool:
    """Not the same character again, nor the next one of the alphabet or of the keyboard."""
    if at == 0:
        return True
    pair = run[at - 1 : at + 1]
    if abs(ord(pair[1]) - ord(pair[0])) <= 1:
        return False
    return not any(pair in row or pair[::-1] in row for row in _KEYBOARD)


class StrengthValidator:
    """Refuses what could be guessed within the throttle; says how to do better."""

    def validate(self, password: str, user: object = None) -> None:
        if len(password) < LEAST_LENGTH:
            raise ValidationError(
                _("Ce mot de passe est trop court : %(least)d caractères au moins."),
                code="password_too_short",
                params={"least": LEAST_LENGTH},
            )
        if len(password) > MOST_LENGTH:
            raise ValidationError(
                _("Ce mot de passe est trop long : %(most)d caractères au plus."),
                code="password_too_long",
                params={"most": MOST_LENGTH},
            )
        if bits(password) < LEAST_BITS or surprise(password) < LEAST_SURPRISE:
            raise ValidationError(
                _(
                    "Ce mot de passe se devine trop facilement : évitez les mots connus, les "
                    "années et les suites de touches, ou choisissez quatre mots sans rapport."
                ),
                code="password_too_weak",
            )

    def get_help_text(self) -> str:
        return _(
            "12 caractères au moins, mêlant lettres, chiffres et signes ; ou une phrase de "
            "quatre mots sans rapport entre eux."
        )
