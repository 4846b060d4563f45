"""French company identifiers, checked by their own arithmetic (P-110)."""

from __future__ import annotations


def luhn(number: str) -> bool:
    """Whether a string of digits passes Luhn's check, as SIREN and SIRET do."""
    if not (number.isascii() and number.isdigit()):
        return False
    doubled = (2 * int(digit) for digit in number[-2::-2])
    return (sum(map(int, number[-1::-2])) + sum(d - 9 if d > 9 else d for d in doubled)) % 10 == 0


def vat_number(siren: str) -> str:
    """The intra-community VAT number of a French company: FR, key, SIREN."""
    return f"FR{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}"
