"""What is asked, word for word: shown by the templates, hashed into each proof."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clairevoie import policy
from clairevoie.policy import Tracker, TrackerCategory

CATEGORIES: Final[Mapping[str, Lazy]] = {
    TrackerCategory.NECESSARY: _("Strictement nécessaires"),
    TrackerCategory.AUDIENCE_EXEMPT: _("Mesure d’audience exemptée d’accord"),
    TrackerCategory.PREFERENCES: _("Préférences"),
    TrackerCategory.AUDIENCE: _("Mesure d’audience"),
    TrackerCategory.SOCIAL: _("Réseaux sociaux et contenus de tiers"),
    TrackerCategory.ADVERTISING: _("Publicité"),
}

TITLE: Final = _("Vos cookies, votre choix")
LEAD: Final = _("Le site fonctionne sans. Avec votre accord, il peut aussi\u00a0:")
AGAIN: Final = _("Quelque chose a changé depuis votre choix\u202f; le reste ne bouge pas.")
ACCEPT: Final = _("Tout accepter")
REFUSE: Final = _("Tout refuser")
CHOOSE: Final = _("Personnaliser")


@dataclass(frozen=True, slots=True)
class Shown:
    """One text as people of one language read it."""

    language: str
    text: str
    sha256: str


def banner(codes: Sequence[str], *, again: bool) -> Shown:
    """What the banner says when it asks about these trackers."""
    return _banner(policy.current().digest, _language(), tuple(codes), again)


def banner_context(codes: Sequence[str], *, again: bool) -> dict[str, object]:
    """What the template of the banner prints, in the reader's language."""
    asked = [policy.current().trackers[code] for code in codes]
    return {
        "title": TITLE,
        "lead": AGAIN if again else LEAD,
        "accept": ACCEPT,
        "refuse": REFUSE,
        "choose": CHOOSE,
        "asked": codes,
        "groups": by_category(asked),
        "shown": banner(codes, again=again),
    }


def preferences(codes: Sequence[str]) -> Shown:
    """What the preferences page says of these trackers."""
    return _preferences(policy.current().digest, _language(), tuple(codes))


def _language() -> str:
    return translation.get_language() or settings.LANGUAGE_CODE


@lru_cache(maxsize=64)
def _banner(_digest: str, language: str, codes: tuple[str, ...], again: bool) -> Shown:  # noqa: FBT001  # keys of the memory
    said = {
        "title": str(TITLE),
        "lead": str(AGAIN if again else LEAD),
        "buttons": [str(ACCEPT), str(REFUSE), str(CHOOSE)],
        "trackers": [_said(code) for code in codes],
    }
    return _shown(language, said)


@lru_cache(maxsize=64)
def _preferences(_digest: str, language: str, codes: tuple[str, ...]) -> Shown:
    return _shown(language, {"trackers": [_said(code, whole=True) for code in codes]})


def _said(code: str, *, whole: bool = False) -> dict[str, str]:
    tracker = policy.current().trackers[code]
    said = {
        "code": code,
        "category": str(CATEGORIES[tracker.category]),
        "purpose": gettext(tracker.purpose),
        "provider": tracker.provider,
        "lifetime": str(tracker.lifetime or ""),
    }
    return said | (
        {"names": " ".join(tracker.names), "loss": gettext(tracker.loss)} if whole else {}
    )


def _shown(language: str, said: Mapping[str, object]) -> Shown:
    text = json.dumps({"language": language, **said}, ensure_ascii=False, sort_keys=True)
    return Shown(language, text, hashlib.sha256(text.encode()).hexdigest())


def by_category(trackers: Sequence[Tracker]) -> list[tuple[str, str, list[Tracker]]]:
    """Trackers under their category's code and name, in the order of the list above."""
    found: dict[str, list[Tracker]] = {}
    for tracker in trackers:
        found.setdefault(tracker.category, []).append(tracker)
    return [
        (str(code), str(name), found[code]) for code, name in CATEGORIES.items() if code in found
    ]
