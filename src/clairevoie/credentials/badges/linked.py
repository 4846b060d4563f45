"""Linked data in its one canonical form, without a byte from the network.

A badge is signed over the RDF it means (W3C RDF Dataset Canonicalization 1.0), and what it means
depends on the vocabularies that its ``@context`` names. The two that we use lie in ``contexts/``,
as their authors published them; any other is refused.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

CREDENTIALS: Final = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES: Final = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
_HERE: Final = Path(__file__).parent / "contexts"
FILES: Final = {CREDENTIALS: "credentials-v2.json", OPEN_BADGES: "open-badges-3.0.3.json"}
_ONE_AT_A_TIME: Final = threading.Lock()  # PyLD keeps vocabularies in a cache that has none

Document = dict[str, Any]


class NotLinkedData(ValueError):
    """Ce document emploie un vocabulaire inconnu, ou des mots qu’aucun vocabulaire ne définit."""


def canonical(document: Mapping[str, Any]) -> bytes:
    """Canonical N-Quads. Raises :class:`NotLinkedData`: on an unknown vocabulary, and on a word
    that none defines, which a signature would silently not cover."""
    from pyld import jsonld  # noqa: PLC0415  # 0.2 s that processes which sign nothing do not need

    processor = jsonld.JsonLdProcessor(on_property_dropped=_refuse)
    options = {
        "algorithm": "URDNA2015",  # the algorithm of RDFC-1.0 under its older name
        "format": "application/n-quads",
        "documentLoader": _load,
    }
    try:
        with _ONE_AT_A_TIME:
            quads: str = processor.normalize(dict(document), options)
    except (jsonld.JsonLdError, RecursionError, TypeError, ValueError, AttributeError) as error:
        raise NotLinkedData from error
    return quads.encode()


@cache
def vocabulary(url: str) -> Document:
    """A vocabulary that we hold. Raises :class:`NotLinkedData`."""
    if url not in FILES:
        raise NotLinkedData
    found: Document = json.loads((_HERE / FILES[url]).read_text())
    return found


def _load(url: str, _options: Any = None) -> Document:
    """What PyLD asks of a loader."""
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": url,
        "document": vocabulary(url),
    }


def _refuse(_property: Any) -> None:
    raise NotLinkedData
