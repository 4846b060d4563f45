"""Pictures drawn again, videos and subtitles recognised, data to download."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any, Final

from PIL import Image

from clairevoie.learning.content.svg import UnsafeDrawing, clean_drawing
from clairevoie.lib import pictures
from clairevoie.lib.speech import sentence

LARGEST_PICTURE: Final = 10 * 1024 * 1024
WIDEST: Final = 2_400  # a reading page is 800 px wide; twice that on a fine screen, and some
_FORMATS: Final = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "webp": "WEBP"}
_SAVED: Final[dict[str, dict[str, Any]]] = {
    "PNG": pictures.PNG,
    "JPEG": pictures.JPEG,
    "WEBP": {"quality": 86, "method": 4},
}
PICTURES: Final = frozenset({*_FORMATS, "svg"})
VIDEOS: Final = frozenset({"mp4", "webm"})
DATA: Final = frozenset({"csv", "json", "txt", "ipynb"})
EXTENSIONS: Final = PICTURES | VIDEOS | DATA | {"vtt"}
LARGEST_DATA: Final = 5 * 1024 * 1024


class FileRefused(Exception):
    """Ce fichier ne peut pas être servi."""


class PictureTooHeavy(FileRefused):
    """Cette image dépasse 10 Mo ou 24 millions de pixels : réduisez-la."""


class NotThatPicture(FileRefused):
    """Ce n’est pas une image lisible du format que dit son nom."""


class MovingPicture(FileRefused):
    """Cette image est animée : donnez une vidéo, que l’on peut arrêter."""


class NotThatVideo(FileRefused):
    """Ce n’est pas une vidéo MP4 ou WebM."""


class DataTooHeavy(FileRefused):
    """Ce fichier de données dépasse 5 Mo : réduisez-le."""


class NotSubtitles(FileRefused):
    """Ce ne sont pas des sous-titres WebVTT : la première ligne est « WEBVTT »."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanFile:
    """A file as it will be served."""

    path: str
    original: str  # SHA-256 of what the author gave
    sha256: str
    form: str
    content: bytes
    width: int | None = None
    height: int | None = None

    @property
    def name(self) -> str:
        return f"{self.sha256}.{self.form}"

    @property
    def is_drawn_in_ink(self) -> bool:
        """A drawing that does not follow the reader's light or dark: it needs paper behind it."""
        return self.form == "svg" and b"prefers-color-scheme" not in self.content


def fingerprint(data: bytes) -> str:
    return sha256(data).hexdigest()


def extension_of(path: str) -> str:
    return PurePosixPath(path).suffix.removeprefix(".").lower()


def clean_file(path: str, data: bytes) -> CleanFile:
    """The same picture, video or subtitles, without what hides in it. Raises FileRefused."""
    kind = extension_of(path)
    if kind in _FORMATS:
        return _picture(path, data, _FORMATS[kind])
    if kind == "svg":
        return _drawing(path, data)
    if kind in VIDEOS:
        return _video(path, data, kind)
    if kind in DATA:
        return _data(path, data, kind)
    return _subtitles(path, data)


def _file(path: str, data: bytes, content: bytes, form: str, **size: int | None) -> CleanFile:
    return CleanFile(
        path=path,
        original=fingerprint(data),
        sha256=fingerprint(content),
        form=form,
        content=content,
        width=size.get("width"),
        height=size.get("height"),
    )


def _picture(path: str, data: bytes, form: str) -> CleanFile:
    """Pixels only: EXIF, places, comments and what hides behind the picture are left behind."""
    if len(data) > LARGEST_PICTURE:
        raise PictureTooHeavy
    picture = _decoded(data, form)
    picture.thumbnail((WIDEST, WIDEST * 4), Image.Resampling.LANCZOS)
    content = pictures.encoded(picture, form, **_SAVED[form])
    extension = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}[form]
    return _file(path, data, content, extension, width=picture.width, height=picture.height)


def _decoded(data: bytes, form: str) -> Image.Image:
    try:
        picture = pictures.decoded(data, formats=(form,))
    except pictures.TooManyPixels as error:
        raise PictureTooHeavy from error
    except pictures.Moves as error:
        raise MovingPicture from error
    except pictures.Unreadable as error:
        raise NotThatPicture from error
    if form == "PNG" and picture.mode in ("1", "L", "P") and not picture.info.get("icc"):
        return picture
    return pictures.in_colour(picture)


def _drawing(path: str, data: bytes) -> CleanFile:
    try:
        drawing = clean_drawing(data)
    except UnsafeDrawing as error:
        raise FileRefused(str(error)) from error
    return _file(path, data, drawing.content, "svg", width=drawing.width, height=drawing.height)


def _video(path: str, data: bytes, kind: str) -> CleanFile:
    is_one = data[4:8] == b"ftyp" if kind == "mp4" else data[:4] == b"\x1aE\xdf\xa3"
    if not is_one:
        raise NotThatVideo
    return _file(path, data, data, kind)


def _data(path: str, data: bytes, kind: str) -> CleanFile:
    """As it is, whatever its encoding: always a download, never a page."""
    if len(data) > LARGEST_DATA:
        raise DataTooHeavy
    return _file(path, data, data, kind)


def _subtitles(path: str, data: bytes) -> CleanFile:
    text = data.removeprefix(b"\xef\xbb\xbf")
    if not text.startswith(b"WEBVTT") or len(data) > 1024 * 1024:
        raise NotSubtitles
    return _file(path, data, data, "vtt")


def said_of(refusal: FileRefused) -> str:
    """The sentence of a refusal: its own words, else those of its class."""
    return str(refusal.args[0]) if refusal.args else sentence(refusal)
