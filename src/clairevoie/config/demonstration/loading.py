"""Loading the demonstration once, and saying who may sign in."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import redirect_stderr
from datetime import datetime
from io import StringIO
from pathlib import Path

from allauth.mfa import app_settings as mfa
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _

from clairevoie import privacy
from clairevoie.config.demonstration import (
    agreements,
    certificates,
    choices,
    learners,
    letters,
    opinions,
    parcours,
    projects,
    ratings,
    readers,
    refusals,
    scenes,
)
from clairevoie.config.demonstration.people import CAST
from clairevoie.config.demonstration.timeline import World, tell
from clairevoie.privacy.models import DataSubject


class NotHere(Exception):
    """La démonstration ne se charge pas en production, ni avec un vrai fournisseur de messages."""


class SomebodyLivesHere(Exception):
    """Cette instance n’est pas vide : la démonstration se charge dans un dossier à elle."""


def notes_path() -> Path:
    """Where ``script/server`` finds whom to announce."""
    return Path(settings.HOME) / "demonstration.txt"


def is_loaded() -> bool:
    """The whole demonstration was loaded here: Eve came, and the notes were written last."""
    return notes_path().exists() and privacy.find("eve@courriel.example") is not None


def load(*, at: datetime, told: Callable[[int], object] = lambda _total: None) -> bool:
    """Make everybody live their story until ``at``; False when that was done before.

    Raises :class:`NotHere`, :class:`SomebodyLivesHere`.
    """
    if settings.PRODUCTION or settings.EMAIL_URL or settings.CLAIREVOIE_SMS != "console":
        raise NotHere
    if is_loaded():
        return False
    if DataSubject.objects.exists():
        raise SomebodyLivesHere
    world = World(now=at, password=make_password(scenes.PASSWORD))
    events = [
        *parcours.parcours(world),
        *scenes.arrivals(world),
        *scenes.measures(world),
        *scenes.reports(world),
        *opinions.opinions(world),
        *letters.letters(world),
        *readers.readers(world),
        *agreements.agreements(world),
        *refusals.refusals(world),
        *choices.choices(world),
        *projects.projects(world),
        *learners.learners(world),
        *ratings.ratings(world),
        *certificates.certificates(world),
        *scenes.nights(world),
    ]
    with redirect_stderr(StringIO()):  # each letter written would be announced there
        tell(world, events, told=lambda: told(len(events)))
    notes_path().write_text(notes())
    return True


def notes() -> str:
    """Who may sign in, with what."""
    lines = [
        _("Comptes de démonstration (mot de passe commun\u00a0: %(password)s)")
        % {"password": scenes.PASSWORD},
        *(f"  {r.mail:<28} {r.first_names} {r.last_name}, {r.role.label}" for r in CAST),
        _("Le personnel a un second facteur. Son code du moment\u00a0:"),
        "  .venv/bin/clairevoie demonstration --code",
        _("ou, dans une application\u00a0: %(secret)s") % {"secret": scenes.SECRET},
        "",
    ]
    return "\n".join(str(line) for line in lines)


def code_of_the_moment() -> str:
    """The six digits that the staff's second factor asks for now."""
    code: str = format_hotp_value(hotp_value(scenes.SECRET, int(time.time()) // mfa.TOTP_PERIOD))
    return code
