"""Cache keys that say nothing: what is throttled is an address, a pseudo or an IP (P-021)."""

from __future__ import annotations

import hmac

from django.conf import settings


def hashed(key: str, key_prefix: str, version: int) -> str:
    """Django's ``KEY_FUNCTION``: a keyed hash, so that no personal value reaches the disk."""
    clear = f"{key_prefix}:{version}:{key}".encode()
    return hmac.digest(settings.PEPPER.encode(), clear, "sha256").hex()
