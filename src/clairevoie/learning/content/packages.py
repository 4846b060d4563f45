"""A SCORM archive, read and checked before anything of it is kept.

It is as hostile as any archive (``content.folders``), and its manifest as any XML. What it runs
is confined when it is played (docs/decisions/0073-packages-play-in-a-cage.md).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urljoin, urlsplit
from xml.etree import ElementTree as ET

from django.utils.translation import gettext as _

from clairevoie.learning.content.folders import opened_zip, unpack
from clairevoie.learning.content.problems import ContentRefused, Problem
from clairevoie.learning.content.xml import UnsafeXml, parsed

MANIFEST: Final = "imsmanifest.xml"
MOST_ITEMS: Final = 100
_LARGEST_MANIFEST: Final = 5 * 1024 * 1024
_NOWHERE: Final = "https://archive.invalid/"  # an address that only serves to join others


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One content that is launched by itself; ``href`` is inside the archive."""

    id: str
    title: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageText:
    """What a manifest says: ``standard`` is « 1.2 » or « 2004 »."""

    title: str
    standard: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedPackage:
    """What a chapter plays; ``path`` is where its author put it, in the module's folder."""

    path: str
    archive: bytes
    text: PackageText


def packed(files: Mapping[str, bytes]) -> bytes:
    """A folder as an archive: the same folder makes the same one."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(path)  # of 1980
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[path])
    return out.getvalue()


def read_package(data: bytes) -> PackageText:
    """Raises :class:`ContentRefused`."""
    manifest, names = b"", set()
    with opened_zip(data) as archive:
        for path, content in unpack(archive):
            names.add(str(path))
            if str(path) == MANIFEST:
                manifest = content
    if not manifest or len(manifest) > _LARGEST_MANIFEST:
        raise _refused(MANIFEST, _("Ce fichier, à la racine de l’archive, dit ce que l’on lance."))
    return _read_manifest(manifest, names)


def _refused(path: str, said: str) -> ContentRefused:
    return ContentRefused(Problem(path=path, said=said))


def _read_manifest(manifest: bytes, names: set[str]) -> PackageText:
    try:
        root = parsed(manifest)
    except UnsafeXml as error:
        raise _refused(MANIFEST, _("Ce fichier n’est pas du XML sûr et lisible.")) from error
    organization = _organization(root)
    resources = {found.get("identifier", ""): found for found in _all(root, "resource")}
    items = tuple(_items(organization, root, resources, names))
    if not 0 < len(items) <= MOST_ITEMS:
        raise _refused(MANIFEST, _("Cette archive ne lance rien, ou plus de cent contenus."))
    if len({item.id for item in items}) < len(items):
        raise _refused(MANIFEST, _("Deux contenus portent le même identifiant."))
    title = _text(organization, "title") or items[0].title
    return PackageText(title=title[:150], standard=_standard(root), items=items)


def _organization(root: ET.Element) -> ET.Element:
    """The default one, else the first."""
    around = next(_all(root, "organizations"), None)
    found = list(_all(root, "organization"))
    if around is None or not found:
        raise _refused(MANIFEST, _("Cette archive ne dit pas ce qu’elle contient."))
    wanted = around.get("default")
    return next((one for one in found if one.get("identifier") == wanted), found[0])


def _standard(root: ET.Element) -> str:
    """By its words, else by the names that only SCORM 1.2 gives its attributes."""
    said = next((one.text or "" for one in _all(root, "schemaversion")), "").strip()
    if said:
        return "1.2" if said.startswith("1.2") else "2004"
    spaces = {name for one in root.iter() for name in one.attrib}
    return "1.2" if any("adlcp_rootv1p2" in name for name in spaces) else "2004"


def _items(
    organization: ET.Element, root: ET.Element, resources: dict[str, ET.Element], names: set[str]
) -> Iterator[Item]:
    bases = [_base(root), *(_base(one) for one in _all(root, "resources"))]
    for item in _all(organization, "item"):
        resource = resources.get(item.get("identifierref", ""))
        if resource is None:
            continue
        path = "".join([*bases, _base(resource), resource.get("href", "")])
        href = _inside(path + _parameters(item.get("parameters", "")), names)
        yield Item(
            id=item.get("identifier", "")[:100],
            title=(_text(item, "title") or _("Contenu"))[:150],
            href=href,
        )


def _parameters(said: str) -> str:
    return said if not said or said[0] in "?#" else f"?{said}"


def _inside(href: str, names: set[str]) -> str:
    """An address inside the archive, as a browser will ask for it."""
    address = urlsplit(urljoin(_NOWHERE, href.replace("\\", "/")))
    path = unquote(address.path).lstrip("/")
    if not address.geturl().startswith(_NOWHERE) or path not in names:
        said = _("« %(href)s » n’est pas un fichier de cette archive.")
        raise _refused(MANIFEST, said % {"href": href[:200]})
    query = f"?{address.query}" if address.query else ""
    return path + query + (f"#{address.fragment}" if address.fragment else "")


def _base(element: ET.Element) -> str:
    return element.get("{http://www.w3.org/XML/1998/namespace}base", "")


def _all(element: ET.Element, name: str) -> Iterator[ET.Element]:
    """Those of that name below, whatever their namespace: tools disagree about it."""
    return (one for one in element.iter() if one.tag.rpartition("}")[2] == name)


def _text(element: ET.Element, name: str) -> str:
    """Of its own child of that name, without the spaces of the layout."""
    for child in element:
        if child.tag.rpartition("}")[2] == name:
            return " ".join((child.text or "").split())
    return ""
