"""A file that somebody handed in, given back as it came: saved, never opened by the browser."""

from __future__ import annotations

from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase

from clairevoie.learning.models import Document


def handed_over(document: Document) -> HttpResponseBase:
    """Whoever calls has asked who reads. Whatever the file claims, it is octets to save."""
    try:
        content = document.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(
        content,
        as_attachment=True,
        filename=document.name,
        content_type="application/octet-stream",
        headers={
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        },
    )
