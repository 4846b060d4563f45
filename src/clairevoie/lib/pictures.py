"""Pictures somebody sends: decoded within limits, drawn again without what hides in them."""

from __future__ import annotations

from io import BytesIO
from typing import Any, Final

from PIL import Image, ImageOps

# 24 million pixels decode to 96 MB: what a server of ours can spend on one picture.
MOST_PIXELS: Final = 24_000_000
JPEG: Final[dict[str, Any]] = {"quality": 86, "progressive": True, "optimize": True}
PNG: Final[dict[str, Any]] = {"optimize": True}


class Unusable(Exception):
    """What was sent cannot be drawn again: each app says so in its own words."""


class TooManyPixels(Unusable):
    """It would take more memory than a server has for one picture."""


class Moves(Unusable):
    """It has several frames."""


class Unreadable(Unusable):
    """It is damaged, or something else than its name says."""


def decoded(
    data: bytes,
    *,
    formats: tuple[str, ...],
    may_move: bool = False,
    about: tuple[int, int] | None = None,
) -> Image.Image:
    """The upright pixels of a picture in one of ``formats``; the first frame of one that moves.

    ``about`` is a size that will do: a JPEG is decoded that small at once. Raises
    :class:`Unusable`.
    """
    try:
        with Image.open(BytesIO(data), formats=formats) as image:
            if image.width * image.height > MOST_PIXELS:
                raise TooManyPixels
            if not may_move and getattr(image, "n_frames", 1) > 1:
                raise Moves
            if about is not None:
                image.draft("RGB", about)
            upright = ImageOps.exif_transpose(image)
            upright.load()
            return upright
    except Unusable:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise TooManyPixels from bomb
    except Exception as error:
        # A decoder fed hostile bytes may raise anything: whatever it is, the file is refused.
        raise Unreadable from error


def in_colour(picture: Image.Image) -> Image.Image:
    """As light: RGB, with transparency where there is any."""
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def encoded(picture: Image.Image, form: str, **how: Any) -> bytes:
    """Pixels only: EXIF, places, colour profiles and comments are left behind."""
    picture.info.clear()  # encoders copy them from here
    out = BytesIO()
    picture.save(out, form, **how)
    return out.getvalue()
