"""The key that signs badges, and the identifier under which its public half is found.

The secret lies beside the pepper in the instance's folder (``badge.key``, mode 0600), or comes
from ``CLAIREVOIE_BADGE`` where several machines serve one site. It is a text from which the key
is derived; the database, the logs and the pages hold public halves only.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction

from clairevoie.credentials.badges.models import BadgeKey
from clairevoie.lib import multibase

_DID: Final = "https://www.w3.org/ns/did/v1"
_MULTIKEY: Final = "https://w3id.org/security/multikey/v1"

Document = dict[str, Any]


class KeyElsewhere(Exception):
    """La clé ne vient pas du dossier de l’instance : changez CLAIREVOIE_BADGE, puis relancez."""


def issuer() -> str:
    """Who we are to a verifier: « did:web:formation.example », resolved over HTTPS."""
    return f"did:web:{quote(urlsplit(settings.SITE_URL).netloc, safe='')}"


def method_of(public: str) -> str:
    """The address of a public key: it names itself."""
    return f"{issuer()}#{public}"


def signing_key(*, at: datetime) -> tuple[Ed25519PrivateKey, str]:
    """The private key and its public half, which is written down on its first use."""
    private = _private(_secret())
    public = _public_of(private)
    BadgeKey.objects.get_or_create(public=public, defaults={"since": at})
    return private, public


def published() -> list[str]:
    """The present key, then every past one but those withdrawn: one query."""
    rows = BadgeKey.objects.values_list("public", "withdrawn_at")
    withdrawn = {public for public, at in rows if at}
    present = _public_of(_private(_secret()))
    past = [public for public, _at in rows if public not in withdrawn and public != present]
    return [*([] if present in withdrawn else [present]), *past]


def known(method: str) -> Ed25519PublicKey | None:
    """The public key at an address of ours, unless it was withdrawn."""
    for public in published():
        if method == method_of(public):
            return Ed25519PublicKey.from_public_bytes(multibase.from_ed25519(public))
    return None


def vouched_for(badges: Iterable[str]) -> list[bool]:
    """Of signed badges, in their order: do we still publish the key that signed it? One query."""
    signers = [f'#{public}"' for public in published()]
    return [any(signer in badge for signer in signers) for badge in badges]


def did_document() -> Document:
    """What ``/.well-known/did.json`` answers (DID Core 1.0, Multikey)."""
    did, keys = issuer(), published()
    return {
        "@context": [_DID, _MULTIKEY],
        "id": did,
        "alsoKnownAs": [settings.SITE_URL.rstrip("/")],
        "verificationMethod": [
            {
                "id": method_of(public),
                "type": "Multikey",
                "controller": did,
                "publicKeyMultibase": public,
            }
            for public in keys
        ],
        "assertionMethod": [method_of(public) for public in keys],
    }


def rotate(*, at: datetime, compromised: bool = False) -> Path:
    """Make another key and sign with it from now on. Badges of the old one still verify, unless
    it was ``compromised``: then nothing that it signed does.

    Returns where the old secret was put aside. Raises :class:`KeyElsewhere`.
    """
    kept = _file()
    if settings.BADGE_KEY or not kept.exists():
        raise KeyElsewhere
    old = _public_of(_private(kept.read_text()))
    aside = kept.with_name(f"badge-{old[-8:]}.key")
    new = secrets.token_urlsafe(48)
    with transaction.atomic():
        BadgeKey.objects.get_or_create(public=old, defaults={"since": at})
        if compromised:
            BadgeKey.objects.filter(public=old).update(withdrawn_at=at)
        BadgeKey.objects.create(public=_public_of(_private(new)), since=at)
        draft = kept.with_name(f".badge.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(new)
        aside.hardlink_to(kept)
        draft.replace(kept)
    return aside


def _file() -> Path:
    return Path(settings.HOME) / "badge.key"


def _secret() -> str:
    """Read at each use, so that a rotation is seen at once by every process."""
    return str(settings.BADGE_KEY) or _file().read_text()


@lru_cache(maxsize=4)
def _private(secret: str) -> Ed25519PrivateKey:
    """The instance's secret is a text; 32 bytes are drawn from it for this use alone."""
    drawn = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"clairevoie badges")
    return Ed25519PrivateKey.from_private_bytes(drawn.derive(secret.encode()))


def _public_of(private: Ed25519PrivateKey) -> str:
    return multibase.ed25519(private.public_key().public_bytes_raw())
