"""The number of a credential: dictated over a telephone, typed from paper, guessed by nobody.

Fifteen random characters of twenty-three (67 bits) and one that checks them, in four groups.
None is taken for another: 0, O, Q, 1, I, L, 2, 8, 5, S, 6, U and V are not used. The check is a
weighted sum modulo 23, a prime: it finds any one wrong character and any two that changed places.
A document made again keeps its number and says which version it is: « 7KXA-…-V2 ».
"""

from __future__ import annotations

import re
import secrets

ALPHABET = "3479ABCDEFGHJKMNPRTWXYZ"
_DRAWN = 15
_MISREAD = str.maketrans({"8": "B", "2": "Z", "6": "G"})
_FORM = re.compile(rf"([{ALPHABET}]{{{_DRAWN + 1}}})(?:V([1-9][0-9]?))?")
_BETWEEN = re.compile(r"[\s\-–—.·]+")


class NotANumber(ValueError):
    """Ce n’est pas un numéro de certificat. Il a seize signes, en quatre groupes de quatre."""


def draw_number() -> str:
    """A new number, from the system's randomness."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(_DRAWN))
    return _grouped(drawn + _check(drawn))


def read_number(typed: str) -> str:
    """What was typed, as it is stored. Raises :class:`NotANumber`."""
    bare = _BETWEEN.sub("", typed).upper()
    digits, _, version = bare.partition("V")
    found = _FORM.fullmatch(digits.translate(_MISREAD) + ("V" + version if version else ""))
    if found is None or _check(found[1][:_DRAWN]) != found[1][_DRAWN]:
        raise NotANumber
    return _grouped(found[1]) + (f"-V{found[2]}" if found[2] else "")


def next_version(number: str) -> str:
    """The number of the same document made again: V2, then V3…"""
    first, _, version = number.partition("-V")
    return f"{first}-V{int(version or 1) + 1}"


def _grouped(characters: str) -> str:
    return "-".join(characters[start : start + 4] for start in range(0, len(characters), 4))


def _check(drawn: str) -> str:
    total = sum(weight * ALPHABET.index(sign) for weight, sign in enumerate(drawn, start=1))
    return ALPHABET[total % len(ALPHABET)]
