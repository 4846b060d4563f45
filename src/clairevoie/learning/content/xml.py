"""XML from elsewhere: no entities, which grow or read other files; no bottomless nesting."""

from __future__ import annotations

from typing import Final, NoReturn
from xml.etree import ElementTree as ET
from xml.parsers import expat

_DEEPEST: Final = 100


class UnsafeXml(Exception):
    """Ce fichier n’est pas du XML sûr et lisible."""


class EntityDeclared(UnsafeXml):
    """Ce fichier contient une déclaration ENTITY : retirez-la."""


def parsed(data: bytes, *, deepest: int = _DEEPEST) -> ET.Element:
    """Raises :class:`UnsafeXml`."""
    builder, depth = ET.TreeBuilder(), 0
    parser = expat.ParserCreate(namespace_separator="}")

    def refuse(*_args: object) -> NoReturn:
        raise EntityDeclared

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > deepest:
            raise UnsafeXml
        builder.start(_braced(tag), {_braced(name): said for name, said in attributes.items()})

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_braced(tag))

    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    try:
        parser.Parse(data, True)  # noqa: FBT003  # expat's signature
        root: ET.Element = builder.close()
    except (expat.ExpatError, AssertionError, ValueError, LookupError) as error:
        raise UnsafeXml from error
    return root


def _braced(name: str) -> str:
    return "{" + name if "}" in name else name
