"""Drawings: what draws is kept, what editors leave is dropped, what acts or calls is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as ET

from django.utils.translation import gettext as _

from clairevoie.learning.content.xml import EntityDeclared, UnsafeXml, parsed

LARGEST: Final = 1024 * 1024
_SVG: Final = "http://www.w3.org/2000/svg"
_XLINK: Final = "http://www.w3.org/1999/xlink"
_XML: Final = "http://www.w3.org/XML/1998/namespace"

_ELEMENTS: Final = frozenset(
    {
        *("svg", "g", "defs", "symbol", "use", "title", "desc", "switch", "style", "marker"),
        *("path", "rect", "circle", "ellipse", "line", "polyline", "polygon"),
        *("text", "tspan", "textPath", "clipPath", "mask", "pattern"),
        *("linearGradient", "radialGradient", "stop", "filter", "feGaussianBlur", "feOffset"),
        *("feBlend", "feColorMatrix", "feComposite", "feFlood", "feMerge", "feMergeNode"),
        "feDropShadow",
    }
)
_LEFT_BY_EDITORS: Final = frozenset({"metadata"})
_ADDRESS: Final = re.compile(r"url\(\s*['\"]?(?!#)", re.IGNORECASE)
_ACTS_IN_STYLE: Final = re.compile(
    r"@import|expression|javascript:|behavior|-moz-binding|\\", re.IGNORECASE
)
_NUMBER: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(?:px)?\s*$")


class UnsafeDrawing(Exception):
    """Its message says which element or attribute, in the reader's language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A drawing that only draws."""

    content: bytes
    width: int | None
    height: int | None


def clean_drawing(data: bytes) -> Drawing:
    """Raises :class:`UnsafeDrawing`."""
    if len(data) > LARGEST:
        raise UnsafeDrawing(_("Ce dessin dépasse 1 Mo : simplifiez-le."))
    root = _parsed(data)
    if root.tag != f"{{{_SVG}}}svg":
        raise UnsafeDrawing(_("Ce fichier n’est pas un dessin SVG."))
    _keep_what_draws(root)
    width, height = _size(root)
    ET.register_namespace("", _SVG)
    ET.register_namespace("xlink", _XLINK)
    return Drawing(content=ET.tostring(root, encoding="utf-8"), width=width, height=height)


def _parsed(data: bytes) -> ET.Element:
    try:
        return parsed(data, deepest=10_000)  # how deep it draws is looked at afterwards
    except EntityDeclared as error:
        raise UnsafeDrawing(
            _("Ce dessin contient une déclaration ENTITY : retirez-la.")
        ) from error
    except UnsafeXml as error:
        raise UnsafeDrawing(_("Ce dessin n’est pas du XML lisible.")) from error


def _keep_what_draws(element: ET.Element, depth: int = 0) -> None:
    if depth > 100:
        raise UnsafeDrawing(_("Ce dessin est trop imbriqué : simplifiez-le."))
    _keep_attributes(element)
    if element.tag == f"{{{_SVG}}}style" and _acts(element.text or ""):
        raise UnsafeDrawing(_("Une feuille de style de ce dessin appelle un autre fichier."))
    for child in list(element):
        space, _sep, name = str(child.tag).removeprefix("{").partition("}")
        if space != _SVG or name in _LEFT_BY_EDITORS:
            element.remove(child)
        elif name not in _ELEMENTS:
            said = _("Ce dessin contient <%(name)s>, que l’on ne sert pas : retirez-le.")
            raise UnsafeDrawing(said % {"name": name})
        else:
            _keep_what_draws(child, depth + 1)


def _keep_attributes(element: ET.Element) -> None:
    for full, value in list(element.attrib.items()):
        space, _sep, name = full.removeprefix("{").rpartition("}")
        if space not in ("", _XLINK, _XML):
            del element.attrib[full]
        elif name.lower().startswith("on"):
            said = _(
                "Ce dessin contient l’attribut « %(name)s », qui exécute du code : retirez-le."
            )
            raise UnsafeDrawing(said % {"name": name})
        elif name == "href" and not value.startswith("#"):
            raise UnsafeDrawing(_("Un lien de ce dessin mène hors de lui : retirez-le."))
        elif name != "href" and _acts(value):
            said = _("L’attribut « %(name)s » de ce dessin appelle un autre fichier : retirez-le.")
            raise UnsafeDrawing(said % {"name": name})


def _acts(text: str) -> bool:
    return bool(_ADDRESS.search(text) or _ACTS_IN_STYLE.search(text))


def _size(root: ET.Element) -> tuple[int | None, int | None]:
    given = [_NUMBER.match(root.get(name, "")) for name in ("width", "height")]
    if all(given):
        return round(float(given[0][1])) or None, round(float(given[1][1])) or None  # type: ignore[index]
    box = root.get("viewBox", "").replace(",", " ").split()
    try:
        width, height = (round(float(side)) for side in box[2:4])
    except (ValueError, OverflowError):
        return None, None
    return (width, height) if 0 < width < 100_000 and 0 < height < 100_000 else (None, None)
