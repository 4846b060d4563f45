"""What must be true before the first page is served; nothing is done twice."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from clairevoie.lib import calendar
from clairevoie.messaging.doors import Folder
from clairevoie.privacy import DataSubject
from clairevoie.privacy.wordings import publish_present


def steps() -> Iterator[str]:
    """Do what is missing; yield a sentence before each thing that takes time."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield _("Préparation de la base de données…")
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
    fingerprint, stamp = _static_fingerprint(), Path(settings.HOME) / "static.sha256"
    if not stamp.exists() or stamp.read_text() != fingerprint:
        yield _("Préparation des fichiers statiques…")
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        stamp.write_text(fingerprint)
    publish_present(at=calendar.now())  # a policy that says less is covered from the first page
    if not _is_for_real_people() and not DataSubject.objects.exists():
        yield _("Chargement de l’organisation de démonstration…")
        _load_demonstration()


def _load_demonstration() -> None:
    """Its progress is on standard error; its messages of many years are told nowhere."""
    Folder.announces = False
    try:
        call_command("demonstration", stdout=StringIO())
    except BaseException:
        sys.stderr.write(_("La démonstration est restée à moitié : effacez %s.\n") % settings.HOME)
        raise
    finally:
        Folder.announces = True


def _is_for_real_people() -> bool:
    """An instance that writes to somebody, or is said to be for real, starts empty."""
    return bool(settings.PRODUCTION or settings.EMAIL_URL or settings.CLAIREVOIE_SMS != "console")


def _static_fingerprint() -> str:
    """Changes whenever a static file of any app is added, removed or touched."""
    lines = []
    for finder in get_finders():
        for path, storage in finder.list([]):
            state = Path(storage.path(path)).stat()
            lines.append(f"{path} {state.st_size} {state.st_mtime_ns}")
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
