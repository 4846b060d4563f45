"""Avatars: whatever is sent, what is kept is two small square WebP pictures and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageOps

from clairevoie.lib import pictures
from clairevoie.lib.uploads import LARGEST_UPLOAD

FORMATS = ("JPEG", "PNG", "WEBP")
LARGE, SMALL = 256, 64


class AvatarRefused(Exception):
    """Cette image ne peut pas servir d’avatar."""


class AvatarTooHeavy(AvatarRefused):
    """Ce fichier dépasse 5 Mo. Réduisez l’image avant de l’envoyer."""


class AvatarTooLarge(AvatarRefused):
    """Cette image compte plus de 24 millions de pixels. Réduisez-la avant de l’envoyer."""


class NotAPicture(AvatarRefused):
    """Ce fichier n’est pas une image JPEG, PNG ou WebP lisible : il est abîmé, ou autre."""


@dataclass(frozen=True, slots=True)
class Renditions:
    """The two pictures that are kept, as WebP bytes."""

    large: bytes
    small: bytes


def render(upload: bytes) -> Renditions:
    """Decode ``upload`` within limits and draw it again, pixels only (P-017).

    EXIF, GPS, colour profiles, comments and whatever hides behind the picture (an archive, a
    web page) do not survive. Raises :class:`AvatarRefused`.
    """
    if len(upload) > LARGEST_UPLOAD:
        raise AvatarTooHeavy
    picture = _decode(upload)
    return Renditions(large=_square(picture, LARGE), small=_square(picture, SMALL))


def _decode(upload: bytes) -> Image.Image:
    try:
        picture = pictures.decoded(
            upload, formats=FORMATS, may_move=True, about=(2 * LARGE, 2 * LARGE)
        )
    except pictures.TooManyPixels as error:
        raise AvatarTooLarge from error
    except pictures.Unusable as error:
        raise NotAPicture from error
    return pictures.in_colour(picture)


def _square(picture: Image.Image, side: int) -> bytes:
    fitted = ImageOps.fit(picture, (side, side), Image.Resampling.LANCZOS)
    return pictures.encoded(fitted, "WEBP", quality=82, method=4)
