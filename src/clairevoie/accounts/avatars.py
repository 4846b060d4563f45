"""Avatars: whatever is sent, what is kept is two small square WebP pictures and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps

from clairevoie.lib.uploads import LARGEST_UPLOAD

FORMATS = ("JPEG", "PNG", "WEBP")
# 24 million pixels decode to 96 MB: what a server of ours can spend on one picture.
MOST_PIXELS = 24_000_000
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
        with Image.open(BytesIO(upload), formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise AvatarTooLarge
            image.draft("RGB", (2 * LARGE, 2 * LARGE))  # a JPEG is decoded small at once
            upright = ImageOps.exif_transpose(image)
            return upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    except AvatarRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise AvatarTooLarge from bomb
    except Exception as error:
        # A decoder fed hostile bytes may raise anything: whatever it is, the file is refused.
        raise NotAPicture from error


def _square(picture: Image.Image, side: int) -> bytes:
    fitted = ImageOps.fit(picture, (side, side), Image.Resampling.LANCZOS)
    fitted.info.clear()  # the encoder copies the colour profile from here
    out = BytesIO()
    fitted.save(out, "WEBP", quality=82, method=4)
    return out.getvalue()
