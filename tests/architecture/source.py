"""What the walking tests walk: the platform's own files, parsed once."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCE = REPOSITORY / "src" / "clairevoie"


@dataclass(frozen=True)
class Module:
    """One Python file."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """Its path in the repository."""
        return str(self.path.relative_to(REPOSITORY))

    @property
    def app(self) -> str:
        """The app it belongs to, for a file of the platform."""
        return self.path.relative_to(SOURCE).parts[0]


@cache
def modules(folder: str = "src/clairevoie") -> tuple[Module, ...]:
    """Every Python file under ``folder`` but migrations."""
    found = sorted(
        path
        for path in (REPOSITORY / folder).rglob("*.py")
        if not {"migrations", "__pycache__"} & set(path.parts)
    )
    texts = [(path, path.read_text()) for path in found]
    return tuple(Module(path, text, ast.parse(text)) for path, text in texts)


def dotted(node: ast.expr) -> str:
    """``a.b.c`` of a chain of names and attributes; calls and subscripts are looked through."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    if isinstance(node, ast.Call):
        return f"{dotted(node.func)}()"
    if isinstance(node, ast.Subscript):
        return f"{dotted(node.value)}[]"
    return ""


def nothing(found: Iterable[object], *, mend: str) -> None:
    """Fail with every find on a line of its own, and what to do about them."""
    lines = [str(item) for item in found]
    if lines:
        pytest.fail("\n  ".join([f"{mend}:", *lines]), pytrace=False)


@cache
def tracked() -> tuple[str, ...]:
    """Every file of the repository, as git knows it."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(name for name in listing.stdout.splitlines() if (REPOSITORY / name).exists())
