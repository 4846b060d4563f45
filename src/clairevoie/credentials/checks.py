"""``clairevoie check --deploy``: which names the documents of this server cannot print."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.apps import AppConfig
from django.core.checks import CheckMessage, Info, Tags, register

from clairevoie.credentials import printing

_SCRIPTS: Final = {
    "Chinese": "李龍",
    "Japanese": "山さ",
    "Korean": "김연",
    "Thai": "สม",
    "Arabic": "محمد",
    "Devanagari": "शर्मा",
}


@register(Tags.compatibility, deploy=True)
def fonts_for_names(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """Not an error: such a document says where the name is read, and administrators are told."""
    missing = printing.unwritten(_SCRIPTS)
    if not missing:
        return []
    return [
        Info(
            f"No font of this server writes {', '.join(missing)}: such names are not printed.",
            hint="Debian: apt install fonts-noto-cjk fonts-noto-core",
            id="credentials.I001",
        )
    ]
