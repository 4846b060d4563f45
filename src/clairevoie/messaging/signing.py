"""DKIM (RFC 6376, 8463): the mail says which domain answers for it.

The signature covers what a reader acts on, the links that stop our mail among it: mailbox
providers offer one-click unsubscribing for signed links alone (RFC 8058, 4). The body is signed
as it stands: it leaves in seven bits and short lines, which nothing on the way rewrites.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings

COVERED = (
    *("from", "to", "subject", "date", "message-id"),
    *("list-unsubscribe", "list-unsubscribe-post"),
    *("auto-submitted", "mime-version", "content-type"),
)
_SHORTEST = 2048  # bits of an RSA key (RFC 8301 says at least 1024)
_BLANKS = re.compile(rb"[ \t\r\n]+")


class UnusableKey(ValueError):
    """Cette clé ne peut signer : il faut une clé privée PEM, Ed25519 ou RSA de 2048 bits."""


@dataclass(frozen=True, slots=True)
class Signer:
    """One key, and where its other half is published: ``selector._domainkey.domain``."""

    algorithm: str
    sign: Callable[[bytes], bytes]
    selector: str
    domain: str

    def header(self, mail: bytes) -> bytes:
        """The DKIM-Signature of a mail whose lines end in CRLF."""
        head, _, body = mail.partition(b"\r\n\r\n")
        headers = _relaxed(head)
        names = [name for name in COVERED if name in headers]
        # «from» once more: a second From added on the way would break the signature.
        tags = (
            f"v=1; a={self.algorithm}; c=relaxed/simple; d={self.domain}; s={self.selector};\r\n"
            f" h={':'.join([*names, 'from'])};\r\n bh={_hash_of(body)};\r\n b="
        ).encode()
        covered = b"".join(headers[name] + b"\r\n" for name in names)
        own = b"dkim-signature:" + _BLANKS.sub(b" ", tags).strip()
        seal = b64encode(self.sign(covered + own))
        folded = b"\r\n ".join(seal[low : low + 72] for low in range(0, len(seal), 72))
        return b"DKIM-Signature: " + tags + folded + b"\r\n"


def signed(mail: bytes) -> bytes:
    """The mail with its signature on top, when the settings name a key."""
    signer = signer_of(
        str(settings.CLAIREVOIE_DKIM_KEY or ""),
        settings.CLAIREVOIE_DKIM_SELECTOR,
        settings.CLAIREVOIE_DKIM_DOMAIN,
    )
    return mail if signer is None else signer.header(mail) + mail


@lru_cache(maxsize=4)
def signer_of(key: str, selector: str, domain: str) -> Signer | None:
    """The signer of these settings; None without. Raises :class:`UnusableKey`."""
    if not (key and selector and domain):
        return None
    try:
        private = load_pem_private_key(Path(key).read_bytes(), password=None)
    except (OSError, TypeError, ValueError):
        raise UnusableKey from None
    if isinstance(private, Ed25519PrivateKey):
        ed25519 = private
        return Signer(
            "ed25519-sha256",
            lambda data: ed25519.sign(sha256(data).digest()),  # RFC 8463, 3
            selector,
            domain,
        )
    if isinstance(private, RSAPrivateKey) and private.key_size >= _SHORTEST:
        rsa = private
        return Signer(
            "rsa-sha256", lambda data: rsa.sign(data, PKCS1v15(), SHA256()), selector, domain
        )
    raise UnusableKey


def _relaxed(head: bytes) -> dict[str, bytes]:
    """Each header as the signature sees it (RFC 6376, 3.4.2); ours come once each."""
    found = {}
    for line in re.split(rb"\r\n(?![ \t])", head):
        name, _, value = line.partition(b":")
        lower = name.strip().lower()
        found[lower.decode()] = lower + b":" + _BLANKS.sub(b" ", value).strip()
    return found


def _hash_of(body: bytes) -> str:
    """«simple»: but for empty lines at the end, the body as it stands (RFC 6376, 3.4.3)."""
    return b64encode(sha256(body.rstrip(b"\r\n") + b"\r\n").digest()).decode()
