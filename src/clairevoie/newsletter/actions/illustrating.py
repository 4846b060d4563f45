"""Pictures of a letter: drawn again small when they are joined, gone with it or before."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime
from pathlib import PurePosixPath
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils.text import slugify
from PIL import Image

from clairevoie import messaging, privacy
from clairevoie.lib import pictures
from clairevoie.lib.uploads import LARGEST_UPLOAD
from clairevoie.newsletter.actions.writing import is_invisible, locked_draft
from clairevoie.newsletter.letters import images_in
from clairevoie.newsletter.models import Campaign, Picture

WIDEST: Final = 1_152  # twice the column of a mail, for fine screens
TALLEST: Final = 2 * WIDEST
LIGHT: Final = 120 * 1024  # bytes: a drawing in PNG stays one up to here, a photograph does not
BUDGET: Final = 1024 * 1024  # bytes of all the pictures of a letter: each reader gets them all
_FORMATS: Final = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "webp": "WEBP"}
_JPEG: Final = {**pictures.JPEG, "quality": 82}
_SIGNS: Final = re.compile(r"[\\\[\]*_`<&]")  # which would mean something else in Markdown


class NotThatForm(Exception):
    """Donnez une image JPEG, PNG ou WebP : les messageries ne montrent pas les autres."""

    field = "file"


class NotAPicture(Exception):
    """Ce fichier n’est pas une image lisible du format que dit son nom."""

    field = "file"


class PictureMoves(Exception):
    """Cette image est animée : une lettre ne bouge pas. Donnez une image fixe."""

    field = "file"


class PictureTooHeavy(Exception):
    """Cette image dépasse 5 Mo ou 24 millions de pixels : réduisez-la avant de la joindre."""

    field = "file"


class OverBudget(Exception):
    """Les images de cette lettre dépasseraient 1 Mo une fois réduites : retirez-en d’abord."""

    field = "file"


class Undescribed(Exception):
    """Dites en une ligne ce que montre l’image, pour qui ne la voit pas."""

    field = "description"


class StillShown(Exception):
    """Le texte montre encore cette image : retirez-la d’abord du texte."""

    field = "name"


class NoSuchPicture(Exception):
    """Cette image n’est plus jointe à la lettre."""

    field = "name"


@transaction.atomic
def join_picture(
    *, campaign: Campaign, name: str, data: bytes, description: str, author: UUID, at: datetime
) -> Picture:
    """Draw a picture again, small, and keep it with a draft whose text may show it.

    Raises :class:`NotThatForm`, :class:`NotAPicture`, :class:`PictureMoves`,
    :class:`PictureTooHeavy`, :class:`OverBudget`, :class:`Undescribed`, ``AlreadySent``,
    ``IsPlanned``.
    """
    said = description.strip()
    if not said or any(is_invisible(sign) for sign in said):
        raise Undescribed
    form, content, size = _drawn(name, data)
    letter = locked_draft(campaign)
    held = letter.pictures.aggregate(size=Sum("size"))["size"] or 0
    if held + len(content) > BUDGET:
        raise OverBudget
    picture = Picture.objects.create(
        campaign=letter,
        name=_free_name(name, form, taken=set(letter.pictures.values_list("name", flat=True))),
        description=said,
        form=form,
        width=size[0],
        height=size[1],
        size=len(content),
        content=content,
    )
    _note("newsletter.join-picture", picture, author=author, at=at)
    return picture


@transaction.atomic
def remove_picture(*, campaign: Campaign, name: str, author: UUID, at: datetime) -> None:
    """Take a picture out of a draft. Raises :class:`StillShown`, :class:`NoSuchPicture`."""
    letter = locked_draft(campaign)
    if any(image.name == name for image in images_in(letter.body)):
        raise StillShown
    picture = letter.pictures.defer("content").filter(name=name).first()
    if picture is None:
        raise NoSuchPicture
    _note("newsletter.remove-picture", picture, author=author, at=at)
    picture.delete()


def markdown_of(picture: Picture) -> str:
    """What the author writes where the picture goes."""
    said = _SIGNS.sub(lambda sign: "\\" + sign[0], picture.description)
    return f"![{said}]({picture.name})"


def enclosures(numbers: Collection[UUID]) -> list[messaging.Enclosure]:
    """Pictures of letters, for the mails that show them."""
    return [
        messaging.Enclosure(
            uuid=picture.uuid, name=picture.name, kind=picture.kind, content=bytes(picture.content)
        )
        for picture in Picture.objects.filter(uuid__in=numbers)
    ]


# --- Drawing again ------------------------------------------------------------------------------


def _drawn(name: str, data: bytes) -> tuple[Picture.Form, bytes, tuple[int, int]]:
    """(form, bytes, size): PNG for what is transparent or light in it, else JPEG."""
    picture = _decoded(name, data)
    picture.thumbnail((WIDEST, TALLEST), Image.Resampling.LANCZOS)
    if picture.mode == "RGBA":
        return Picture.Form.PNG, _png(picture), picture.size
    if _extension(name) == "png":
        content = _png(picture)
        if len(content) <= LIGHT:
            return Picture.Form.PNG, content, picture.size
    return Picture.Form.JPEG, pictures.encoded(picture, "JPEG", **_JPEG), picture.size


def _png(picture: Image.Image) -> bytes:
    return pictures.encoded(picture, "PNG", **pictures.PNG)


def _decoded(name: str, data: bytes) -> Image.Image:
    if _extension(name) not in _FORMATS:
        raise NotThatForm
    if len(data) > LARGEST_UPLOAD:
        raise PictureTooHeavy
    try:
        found = pictures.decoded(
            data, formats=(_FORMATS[_extension(name)],), about=(WIDEST, TALLEST)
        )
        return pictures.in_colour(found)
    except pictures.TooManyPixels as error:
        raise PictureTooHeavy from error
    except pictures.Moves as error:
        raise PictureMoves from error
    except pictures.Unreadable as error:
        raise NotAPicture from error


def _extension(name: str) -> str:
    return PurePosixPath(name).suffix.removeprefix(".").lower()


def _free_name(name: str, form: Picture.Form, *, taken: Collection[str]) -> str:
    """Readable in the text, and the letter's only one."""
    stem = slugify(PurePosixPath(name).stem)[:40].strip("-") or "image"
    number = 1
    while (found := f"{stem}{f'-{number}' if number > 1 else ''}.{form}") in taken:
        number += 1
    return found


def _note(executor: str, picture: Picture, *, author: UUID, at: datetime) -> None:
    facts = {"letter": picture.campaign.uuid, "picture": picture.uuid, "author": author}
    privacy.ledger.append(executor=executor, at=at, facts=facts)
