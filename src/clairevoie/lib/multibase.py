"""Bytes as W3C documents write them: base58 or base64, with the letter that says which."""

from __future__ import annotations

import base64

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_ED25519 = b"\xed\x01"  # the multicodec prefix of a public key


def base58(data: bytes) -> str:
    """Base58 of Bitcoin, with the « z » that says so."""
    number, digits = int.from_bytes(data, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        digits = _BASE58[rest] + digits
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "z" + "1" * zeros + digits


def from_base58(text: str, length: int) -> bytes:
    """The ``length`` bytes of a text in the one form that writes them. Raises ``ValueError``."""
    number = 0
    for digit in text[1:]:
        number = number * 58 + _BASE58.index(digit)
    if number >> (8 * length):
        raise ValueError("too long")
    data = number.to_bytes(length, "big")
    if base58(data) != text:
        raise ValueError("this is not the base58 of so many bytes")
    return data


def base64url(data: bytes) -> str:
    """Base64 for addresses, without padding, with the « u » that says so."""
    return "u" + base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def ed25519(public: bytes) -> str:
    """A public key as a W3C Multikey writes it."""
    return base58(_ED25519 + public)


def from_ed25519(text: str) -> bytes:
    """The 32 bytes of a public key written as a Multikey. Raises ``ValueError``."""
    data = from_base58(text, 34)
    if not data.startswith(_ED25519):
        raise ValueError("this is no Ed25519 key")
    return data[2:]
