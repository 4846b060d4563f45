"""A package in its cage: keys to its files, and the policy of the frame that plays them.

The frame is a stranger to the site (docs/decisions/0073): it has an address of its own where the
instance has one, else an origin that nobody shares. The browser sends it no cookie, so its files
are asked for with a key in their address, signed and short-lived.
"""

from __future__ import annotations

import mimetypes
import re
import zipfile
import zlib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.core.files.storage import storages
from django.http import HttpRequest

from clairevoie.learning.models import Package

KEY_LASTS: Final = timedelta(hours=12)
RUNTIME: Final = "~clairevoie"  # a folder that no archive may shadow: it is looked at first
_RUNTIME_FOLDER: Final = Path(__file__).parent / "scorm"
_RUNTIME_FILES: Final = frozenset({"scorm12.min.js", "scorm2004.min.js", "start.js"})
_SIGNER: Final = signing.TimestampSigner(salt="learning.package", sep="~")
# Where the runtime goes in: as early as can be, and never before the document type.
_EARLY: Final = tuple(
    re.compile(tag, re.IGNORECASE)
    for tag in (rb"<head(\s[^>]*)?>", rb"<html(\s[^>]*)?>", rb"<!doctype[^>]*>")
)
_LARGEST: Final = 200 * 1024 * 1024  # as at import: what a header says is not believed
# No way out of the frame but messages; alerts, which old packages answer with, are allowed.
_SANDBOX: Final = "allow-scripts allow-forms allow-modals"
LOOPBACK: Final = "paquets.localhost"  # browsers know it without being told (RFC 6761)
_AT_HOME: Final = frozenset({"127.0.0.1", "localhost"})


def address_apart(request: HttpRequest) -> str:
    """Where packages alone are served; empty where the instance has no such address."""
    if settings.PACKAGES_URL:
        return str(settings.PACKAGES_URL)
    host, colon, port = request.get_host().partition(":")
    return f"{request.scheme}://{LOOPBACK}{colon}{port}" if host in _AT_HOME else ""


def is_apart(request: HttpRequest) -> bool:
    """This request came to the address of packages."""
    return request.get_host().partition(":")[0] == host_apart()


def host_apart() -> str:
    """Its name, without a port."""
    return urlsplit(str(settings.PACKAGES_URL)).hostname or LOOPBACK


def sandbox(*, apart: bool) -> str:
    """At an address of their own, the frames of a package may speak to each other. On the site's
    own host the same words would hand it the session of its reader: never there."""
    return f"{_SANDBOX} allow-same-origin" if apart else _SANDBOX


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file of a package, as it is served."""

    content: bytes
    kind: str


def key_to(package: Package) -> str:
    """Opens the files of ``package`` for :data:`KEY_LASTS`, to whoever holds it."""
    return _SIGNER.sign(f"{package.sha256}-{package.standard}")


def opened_by(key: str) -> tuple[str, str] | None:
    """The fingerprint and the standard behind a key; None once it is no longer one."""
    try:
        fingerprint, _dash, standard = _SIGNER.unsign(key, max_age=KEY_LASTS).partition("-")
    except signing.BadSignature:
        return None
    return fingerprint, standard


def policy_of(root: str, *, apart: bool) -> str:
    """A package runs what it likes among its own files, at ``root`` (whole), and there alone."""
    inline, drawn = " 'unsafe-inline'", " data: blob:"
    more = {
        "script": f"{inline} 'unsafe-eval'",
        "style": inline,
        **dict.fromkeys(("img", "media", "font"), drawn),
        **dict.fromkeys(("connect", "frame"), ""),
    }
    sources = [f"{name}-src {root}{others}" for name, others in more.items()]
    rest = ("default-src 'none'", "base-uri 'none'", f"form-action {root}")
    return "; ".join([f"sandbox {sandbox(apart=apart)}", *rest, *sources])


def part_of(fingerprint: str, standard: str, path: str) -> Part | None:
    """Read where the archive lies, without a query. None where it has no such file."""
    folder, _slash, name = path.partition("/")
    if folder == RUNTIME:
        if name not in _RUNTIME_FILES:
            return None
        return Part(content=(_RUNTIME_FOLDER / name).read_bytes(), kind="text/javascript")
    try:
        with (
            storages["content"].open(f"{fingerprint}.zip") as stored,
            zipfile.ZipFile(stored) as archive,
            archive.open(path) as packed,
        ):
            content = packed.read(_LARGEST)
    except (FileNotFoundError, KeyError, zipfile.BadZipFile, zlib.error):
        return None
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    if kind in ("text/html", "application/xhtml+xml"):
        content = _with_runtime(content, standard, depth=path.count("/"))
    return Part(content=content, kind=kind)


def _with_runtime(page: bytes, standard: str, *, depth: int) -> bytes:
    """The page with the API that packages look for, before any script of its own."""
    name = "scorm12" if standard == "1.2" else "scorm2004"
    folder = "../" * depth + RUNTIME
    scripts = "".join(
        f'<script src="{folder}/{file}"></script>' for file in (f"{name}.min.js", "start.js")
    ).encode()
    found = next((tag for one in _EARLY if (tag := one.search(page))), None)
    at = found.end() if found else 0
    return page[:at] + scripts + page[at:]
