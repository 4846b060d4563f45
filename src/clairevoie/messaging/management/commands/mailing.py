"""``clairevoie mailing list|progress|run|pause|resume|cancel``: letters to many."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from clairevoie import messaging
from clairevoie.lib import calendar
from clairevoie.lib.speech import sentence
from clairevoie.messaging.models import Mailing, Pace
from clairevoie.privacy.console import VerbCommand, progress

_LATEST = 20


class Command(VerbCommand):
    help = "Les envois en nombre : où ils en sont, les faire partir, les arrêter."

    def add_verbs(self, verbs: Any) -> None:
        verbs.add_parser("list", help="Les derniers envois.")
        run = verbs.add_parser("run", help="Envoie ici, jusqu’au dernier ; plusieurs à la fois.")
        run.add_argument(
            "--no-wait",
            action="store_true",
            help="Rend la main s’il faut attendre un nouvel essai.",
        )
        found = [run, verbs.add_parser("progress", help="Où en est un envoi.")]
        found.append(verbs.add_parser("pause", help="Plus rien ne part."))
        found.append(verbs.add_parser("resume", help="Reprend où il s’était arrêté."))
        found.append(verbs.add_parser("cancel", help="Ce qui n’est pas parti ne partira pas."))
        for verb in found:
            verb.add_argument("uuid", type=UUID, metavar="UUID", help="Numéro de l’envoi.")

    def list(self, *, as_json: bool, **_options: Any) -> None:
        latest = Mailing.objects.order_by("-started_at", "-id")[:_LATEST]
        if as_json:
            self.answer([_described(mailing) for mailing in latest])
            return
        rows = [(m.uuid, m.title, m.get_state_display(), m.sent, m.total) for m in latest]
        heads = (_("Numéro"), _("Objet"), _("État"), _("Envoyés"), _("Destinataires"))
        self.show(_("Envois"), heads, rows)

    def progress(self, *, uuid: UUID, as_json: bool, **_options: Any) -> None:
        self._tell(_mailing(uuid), as_json=as_json)

    def run(self, *, uuid: UUID, no_wait: bool, as_json: bool, **_options: Any) -> None:
        mailing = _mailing(uuid)
        before = messaging.mailing_progress(mailing)
        with progress(_("Envoi"), before.total) as advance:
            advance(before.total - before.waiting)
            while again := messaging.run_mailing(mailing, clock=calendar.now, advance=advance):
                if no_wait or not _wait(again):
                    break
        self._tell(mailing, as_json=as_json)

    def pause(self, *, uuid: UUID, as_json: bool, **_options: Any) -> None:
        self._turn(messaging.pause_mailing, uuid, as_json=as_json)

    def resume(self, *, uuid: UUID, as_json: bool, **_options: Any) -> None:
        self._turn(messaging.resume_mailing, uuid, as_json=as_json)

    def cancel(self, *, uuid: UUID, as_json: bool, **_options: Any) -> None:
        self._turn(messaging.cancel_mailing, uuid, as_json=as_json)

    def _turn(self, action: Any, uuid: UUID, *, as_json: bool) -> None:
        mailing = _mailing(uuid)
        try:
            action(mailing, at=calendar.now())
        except messaging.NotUnderWay as refusal:
            raise CommandError(sentence(refusal)) from None
        self._tell(mailing, as_json=as_json)

    def _tell(self, mailing: Mailing, *, as_json: bool) -> None:
        mailing.refresh_from_db()
        if as_json:
            self.answer(_described(mailing))
            return
        now = messaging.mailing_progress(mailing)
        heads = (
            *(_("État"), _("Destinataires"), _("Envoyés"), _("Sans accusé")),
            *(_("Non autorisés"), _("Non remis"), _("En attente")),
        )
        row = (
            *(mailing.get_state_display(), now.total, now.sent, now.unconfirmed),
            *(now.refused, now.failed, now.waiting),
        )
        self.show(mailing.title, heads, [row])


def _mailing(uuid: UUID) -> Mailing:
    found = Mailing.objects.filter(uuid=uuid).first()
    if found is None:
        raise CommandError(_("Aucun envoi ne porte ce numéro."))
    return found


def _described(mailing: Mailing) -> dict[str, Any]:
    now = messaging.mailing_progress(mailing)
    return {
        "uuid": mailing.uuid,
        "state": str(Pace(mailing.state).value),
        "total": now.total,
        "sent": now.sent,
        "unconfirmed": now.unconfirmed,
        "refused": now.refused,
        "failed": now.failed,
        "waiting": now.waiting,
    }


def _wait(again: datetime) -> bool:
    """Sleep until then; False once it is not worth it."""
    wait = again - calendar.now()
    if wait > timedelta(hours=1):
        return False
    time.sleep(max(0.0, wait.total_seconds()))
    return True
