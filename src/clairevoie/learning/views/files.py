"""Pictures, videos and data of the parcours, each under its own fingerprint; and our formats."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import IO, Final

from django.core.files.storage import storages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

_TYPES: Final = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "svg": "image/svg+xml",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "vtt": "text/vtt; charset=utf-8",
}
_RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_PIECE: Final = 64 * 1024
# Opened by itself, a file still runs nothing and calls nobody; a drawing keeps its own style.
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@require_safe
def content_file(request: HttpRequest, fingerprint: str, form: str) -> HttpResponseBase:
    """The file of that fingerprint: the same for ever, so kept for ever. No query."""
    store, name = storages["content"], f"{fingerprint}.{form}"
    try:
        file = store.open(name)
    except FileNotFoundError:
        raise Http404 from None
    wanted = _RANGE.fullmatch(request.headers.get("Range", ""))
    kind = _TYPES.get(form, "application/octet-stream")
    answer: HttpResponseBase
    if wanted and form in ("mp4", "webm"):
        answer = _part(file, wanted[1], wanted[2], kind)
    else:
        answer = FileResponse(file, content_type=kind, as_attachment=form not in _TYPES)
    answer["Cache-Control"] = "public, max-age=31536000, immutable"
    answer["Content-Security-Policy"] = _POLICY
    if form in ("mp4", "webm"):
        answer["Accept-Ranges"] = "bytes"
    return answer


def _part(file: IO[bytes], first: str, last: str, kind: str) -> HttpResponseBase:
    """What a player asks for when one moves along a video (RFC 9110, section 14)."""
    size = file.seek(0, 2)
    start = int(first) if first else max(0, size - int(last or 0))
    end = min(int(last), size - 1) if first and last else size - 1
    if start > end or (not first and not last):
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    return StreamingHttpResponse(
        _pieces(file, start, end - start + 1),
        status=206,
        content_type=kind,
        headers={
            "Content-Range": f"bytes {start}-{end}/{size}",
            "Content-Length": str(end - start + 1),
        },
    )


def _pieces(file: IO[bytes], start: int, left: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        while left > 0 and (piece := file.read(min(_PIECE, left))):
            left -= len(piece)
            yield piece


@require_safe
def xapi_schema(request: HttpRequest) -> HttpResponse:
    """What ``xapi.json`` of a person's copy looks like, for the program that receives it."""
    return HttpResponse(_schema(), content_type="application/schema+json")


@cache
def _schema() -> bytes:
    return (Path(__file__).parents[1] / "xapi.schema.json").read_bytes()
