"""The back office: letters to many, how far each is, and the buttons that stop it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from clairevoie import policy
from clairevoie.lib import calendar
from clairevoie.messaging.mailings import (
    NotUnderWay,
    cancel_mailing,
    mailing_progress,
    pause_mailing,
    resume_mailing,
)
from clairevoie.messaging.models import Mailing, Pace
from clairevoie.privacy.backoffice import Deed, ReadOnlyAdmin, Section, day

_TONES = {Pace.SENDING: "info", Pace.PAUSED: "warning", Pace.DONE: "success"}


def _turn(
    action: Callable[..., None],
    said: Promise,
    request: HttpRequest,
    mailing: Mailing,
    answers: dict[str, Any],
) -> Promise:
    action(mailing, at=calendar.now())
    return said


def _deed(slug: str, *among: Pace, action: Callable[..., None], **words: Any) -> Deed:
    return Deed(
        slug=slug,
        permission="messaging.steer_mailing",
        perform=partial(_turn, action, words.pop("said")),
        possible=lambda mailing: mailing.state in among,
        refusals=(NotUnderWay,),
        **words,
    )


@admin.register(Mailing)
class MailingRoom(ReadOnlyAdmin):
    """Each letter to many; its counters are in its row, so that no page counts messages."""

    room = "envois"
    title = gettext_lazy("Envois")
    key = "uuid"
    page_template = "gestion/mailing.html"
    introduction = gettext_lazy(
        "Les lettres envoyées à plusieurs. Chaque message part une seule fois, et seulement si la "
        "personne l’accepte encore à cet instant."
    )
    empty = gettext_lazy("Aucun envoi. Ils s’inscrivent ici dès qu’une lettre part.")
    list_display = ("subject_line", "started_on", "pace", "gauge", "left", "readers")
    ordering = ("-started_at", "-id")
    deeds: ClassVar[Sequence[Deed]] = (
        _deed(
            "suspendre",
            Pace.SENDING,
            action=pause_mailing,
            label=gettext_lazy("Mettre en pause"),
            explains=gettext_lazy(
                "Plus aucun message ne part, sauf la poignée en route. Vous pourrez reprendre."
            ),
            said=gettext_lazy("L’envoi est en pause."),
        ),
        _deed(
            "reprendre",
            Pace.PAUSED,
            action=resume_mailing,
            label=gettext_lazy("Reprendre l’envoi"),
            explains=gettext_lazy(
                "Il continue où il s’était arrêté. Personne ne reçoit deux fois la lettre."
            ),
            said=gettext_lazy("L’envoi reprend."),
        ),
        _deed(
            "annuler",
            Pace.PREPARING,
            Pace.SENDING,
            Pace.PAUSED,
            action=cancel_mailing,
            label=gettext_lazy("Annuler l’envoi"),
            explains=gettext_lazy(
                "Ce qui n’est pas parti ne partira pas. Ce qui est parti ne peut être rappelé."
            ),
            said=gettext_lazy("L’envoi est annulé."),
            final=True,
        ),
    )

    @display(description=gettext_lazy("objet"))
    def subject_line(self, record: Mailing) -> str:
        return Truncator(record.title).chars(60)

    @display(description=gettext_lazy("lancé"))
    def started_on(self, record: Mailing) -> SafeString | None:
        return day(calendar.paris_date(record.started_at))

    @display(description=gettext_lazy("état"))
    def pace(self, record: Mailing) -> SafeString:
        tone = _TONES.get(Pace(record.state), "muted")
        words = record.get_state_display()
        return format_html('<span class="g-tag g-tag--{}">{}</span>', tone, words)

    @display(description=gettext_lazy("avancement"))
    def gauge(self, record: Mailing) -> SafeString:
        return _gauge(_percent(record))

    @display(description=gettext_lazy("envoyés"))
    def left(self, record: Mailing) -> str:
        return _spaced(record.sent)

    @display(description=gettext_lazy("destinataires"))
    def readers(self, record: Mailing) -> str:
        return _spaced(record.total)

    def name_of(self, record: Mailing) -> str:
        return record.title

    def sections(self, request: HttpRequest, record: Mailing) -> Iterable[Section]:
        activity = policy.current().activities.get(record.activity)
        yield Section(
            title=_("Envoi"),
            pairs=[
                (_("Activité"), _(activity.title) if activity else record.activity),
                (_("État"), record.get_state_display()),
                (_("Lancé"), record.started_at),
                (_("Terminé"), record.ended_at),
                *self._waiting(record),
            ],
        )

    def _waiting(self, record: Mailing) -> list[tuple[str, datetime]]:
        if record.state != Pace.SENDING or record.retry_at is None:
            return []
        return [(_("Le serveur ne répond pas : nouvel essai"), record.retry_at)]

    def context_of(self, request: HttpRequest, record: Mailing) -> dict[str, Any]:
        """One bar for each thing that may become of a message, to one scale."""
        now = mailing_progress(record)
        rows = (
            (_("Envoyés"), now.sent, "success"),
            (_("En attente"), now.waiting, "info"),
            (_("Non autorisés"), now.refused, "muted"),
            (_("Sans accusé"), now.unconfirmed, "muted"),
            (_("Non remis"), now.failed, "danger"),
        )
        return {
            "percent": round(now.percent, 1),
            "total": now.total,
            "bars": [
                {
                    "label": label,
                    "count": count,
                    "width": max(100 * count / now.total, 1.5 if count else 0) if now.total else 0,
                    "tone": tone,
                }
                for label, count, tone in rows
            ],
        }


def _percent(record: Mailing) -> float:
    if record.state in (Pace.DONE, Pace.CANCELLED):
        return 100.0
    settled = record.sent + record.unconfirmed + record.refused
    settled += record.failed + record.unreachable
    return 100 * settled / record.total if record.total else 0.0


def _spaced(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")


def _gauge(percent: float) -> SafeString:
    return format_html(
        '<span class="g-progress"><svg class="g-gauge" viewBox="0 0 100 8" '
        'preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="g-bar__wall" width="100" height="8"/>'
        '<rect class="g-bar__fill" width="{}" height="8"/></svg> {} %</span>',
        f"{percent:.1f}",
        f"{percent:.0f}",
    )
