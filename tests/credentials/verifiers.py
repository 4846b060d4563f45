"""Two verifiers of badges that nobody here wrote, and what they read from our addresses.

Digital Bazaar's libraries run in Node.js (``verifier/``, installed by ``script/test``);
openbadgeslib is a package of Python. Both have vocabularies of their own.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.cache import cache
from django.test import Client
from openbadgeslib.ob3 import OB3LdpVerifier, OB3VerificationError

SITE = "https://formation.example"
DID = "did:web:formation.example"
KEYS = f"{SITE}/.well-known/did.json"
_VERIFIER = Path(__file__).parent / "verifier"

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """A badge that somebody shows, and the web as the verifier finds it."""

    badge: Document
    web: Mapping[str, Document]
    now: datetime | None = None
    name: str = field(default="")


def opened(address: str) -> bytes:
    """What one of our public addresses answers to anybody."""
    response = Client().get(urlsplit(address).path)
    assert response.status_code == 200, address
    return response.content


def web_of(badge: Document) -> dict[str, Document]:
    """Our keys and the list that a badge names, as they are read now."""
    cache.clear()  # five minutes pass
    where = badge["credentialStatus"]["statusListCredential"]
    return {DID: json.loads(opened(KEYS)), where: json.loads(opened(where))}


def refusals(cases: Sequence[Case]) -> list[str]:
    """What Digital Bazaar's verifier finds wrong with each; nothing where it is satisfied."""
    asked = [
        {
            "name": str(place),
            "credential": case.badge,
            "documents": case.web,
            **({"now": case.now.isoformat()} if case.now else {}),
        }
        for place, case in enumerate(cases)
    ]
    if not (_VERIFIER / "node_modules").is_dir():
        raise AssertionError(f"script/test installs it: npm ci --prefix {_VERIFIER}")
    ran = subprocess.run(
        ["node", str(_VERIFIER / "verify.mjs")],
        input=json.dumps({"cases": asked}),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    answers: dict[str, str] = json.loads(ran.stdout)
    return [answers[str(place)] for place in range(len(cases))]


def refusal(case: Case) -> str:
    """The same, of one."""
    return refusals([case])[0]


def refused_by_openbadgeslib(badge: bytes | Document, web: Mapping[str, Document]) -> str:
    """What openbadgeslib finds wrong: form, words, proof, key, dates, status."""

    def download(address: str) -> bytes:
        return json.dumps(web[DID if address == KEYS else address]).encode()

    try:
        OB3LdpVerifier.for_issuer_did(DID).verify(
            badge,
            check_status=True,
            verify_status_list=False,  # it knows lists signed as JSON Web Tokens alone
            download=download,
        )
    except OB3VerificationError as refused:
        return str(refused)
    return ""
