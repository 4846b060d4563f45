"""The room of letters: write, read again, try, send, follow, stop."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from clairevoie import messaging
from clairevoie.lib import calendar
from clairevoie.lib.calendar import paris_date
from clairevoie.messaging.models import Mailing, Pace
from clairevoie.newsletter.actions import illustrating, starting, writing
from clairevoie.newsletter.admin.letter_deeds import DEEDS, GOING, PLANNED, WRITING, pace_of
from clairevoie.newsletter.admin.pages import begin
from clairevoie.newsletter.letters import images_in, on_a_page, written
from clairevoie.newsletter.models import Campaign, Picture, pictures_of, recipients_of
from clairevoie.newsletter.views.archive import picture_response
from clairevoie.privacy.backoffice import Deed, ReadOnlyAdmin, Section, author, day

A_GLANCE = 5_000  # readers counted on the page of a draft


@admin.register(Campaign)
class LetterRoom(ReadOnlyAdmin):
    """Drafts, letters on their way, and what became of those that left."""

    room = "lettres"
    title = gettext_lazy("Lettres")
    key = "uuid"
    page_template = "gestion/letter.html"
    list_before_template = "gestion/letters.html"
    introduction = gettext_lazy(
        "Une lettre s’écrit, se relit, s’essaie, puis part à qui l’a demandée. Nous ne savons "
        "pas qui l’ouvre\u00a0: ni pixel, ni lien compté."
    )
    empty = gettext_lazy(
        "Aucune lettre. Écrivez la première\u00a0: rien ne part avant votre accord."
    )
    list_display = ("title", "state", "reach", "left", "planned_for", "sent_on")
    ordering = ("-written_at", "-id")
    deeds: ClassVar[Sequence[Deed]] = DEEDS

    def get_queryset(self, request: HttpRequest) -> QuerySet[Campaign]:
        mailing = Mailing.objects.filter(uuid=OuterRef("uuid"))
        return (
            Campaign.objects.annotate(
                pace=Subquery(mailing.values("state")[:1]),
                live_sent=Subquery(mailing.values("sent")[:1]),
                live_total=Subquery(mailing.values("total")[:1]),
            )
            .defer("body")
            .prefetch_related("topics")
        )

    @display(
        description=gettext_lazy("état"),
        label={
            "draft": "info",
            PLANNED: "info",
            GOING: "warning",
            Pace.PREPARING: "warning",
            Pace.SENDING: "warning",
            Pace.PAUSED: "danger",
            Pace.DONE: "success",
            Pace.CANCELLED: "danger",
        },
    )
    def state(self, record: Campaign) -> tuple[str, str]:
        pace = pace_of(record)
        return pace, _said_of(pace)

    @display(description=gettext_lazy("envoyés"))
    def reach(self, record: Campaign) -> str:
        if record.sent_at is None:
            return "–"
        sent = record.live_sent if record.live_sent is not None else record.reached  # type: ignore[attr-defined]
        total = record.live_total or record.recipients  # type: ignore[attr-defined]
        return f"{sent} / {total}"

    @display(description=gettext_lazy("désinscriptions"))
    def left(self, record: Campaign) -> str:
        return "–" if record.sent_at is None else str(record.departures)

    @display(description=gettext_lazy("envoyée le"), ordering="sent_at")
    def sent_on(self, record: Campaign) -> SafeString | None:
        return day(paris_date(record.sent_at)) if record.sent_at else None

    @display(description=gettext_lazy("prévue le"))
    def planned_for(self, record: Campaign) -> SafeString | None:
        return day(paris_date(record.leaves_at)) if record.leaves_at else None

    def context_of(self, request: HttpRequest, record: Campaign) -> dict[str, Any]:
        mailing = starting.mailing_of(record)
        pictures = list(pictures_of(record))
        shown = on_a_page(pictures, address=lambda name: _picture_address(record, name))
        return {
            "body": written(record.body, shown),
            "pictures": _shelf(record, pictures) if record.is_draft else (),
            "weight": sum(picture.size for picture in pictures),
            "budget": illustrating.BUDGET,
            "not_carried": pictures and not messaging.are_carried(),
            "pace": pace_of(record),
            "pace_said": _said_of(pace_of(record)),
            "progress": messaging.mailing_progress(mailing) if mailing else None,
            "moving": pace_of(record) in (GOING, Pace.PREPARING, Pace.SENDING),
            "estimate": None if record.sent_at else _readers_at_a_glance(record),
            "many": A_GLANCE,
        }

    def sections(self, request: HttpRequest, record: Campaign) -> Iterable[Section]:
        yield Section(
            title=_("Lettre"),
            pairs=[
                (_("Titre"), record.title),
                (_("Résumé"), record.preheader or "–"),
                (_("Thèmes"), ", ".join(topic.name for topic in record.topics.all()) or "–"),
                (_("Public"), record.get_audience_display()),
                (_("Écrite le"), record.written_at),
                *([(_("Prévue le"), record.leaves_at)] if record.leaves_at else []),
                (_("Envoyée le"), record.sent_at or "–"),
                (_("Archives publiques"), _("oui") if record.public else _("non")),
            ],
        )

    def get_urls(self) -> list[URLPattern]:
        begun = path("nouvelle/", self._guarded(self.write_view), name="newsletter_campaign_write")
        picture = path(
            "<uuid:number>/images/<str:name>",
            self._guarded(self.picture_view),
            name="newsletter_campaign_picture",
        )
        return [begun, picture, *super().get_urls()]

    def picture_view(self, request: HttpRequest, number: UUID, name: str) -> HttpResponse:
        """A picture of a letter, for whoever may see the letter."""
        letter = self.fetch(request, str(number))
        found = Picture.objects.filter(campaign=letter, name=name).first()
        if found is None:
            raise Http404
        return picture_response(found)

    def write_view(self, request: HttpRequest) -> HttpResponse:
        """A new draft."""
        return begin(
            self,
            request,
            WRITING,
            make=lambda form: writing.write_letter(
                draft=form.draft, campaign=None, author=author(request), at=calendar.now()
            ),
            done=_("Le brouillon est enregistré. Relisez-le ci-dessous."),
            title=_("Écrire une lettre"),
        )


def _picture_address(letter: Campaign, name: str) -> str:
    return reverse("admin:newsletter_campaign_picture", args=[letter.uuid, name])


def _shelf(letter: Campaign, pictures: Sequence[Picture]) -> list[dict[str, Any]]:
    """The pictures of a draft, each with what the author writes to show it."""
    placed = {image.name for image in images_in(letter.body)}
    return [
        {
            "picture": picture,
            "address": _picture_address(letter, picture.name),
            "markdown": illustrating.markdown_of(picture),
            "placed": picture.name in placed,
        }
        for picture in pictures
    ]


def _readers_at_a_glance(letter: Campaign) -> int:
    """How many there are, up to one more than a glance takes; sending counts them all."""
    return len(recipients_of(letter).order_by("pk").values_list("pk")[: A_GLANCE + 1])


def _said_of(pace: str) -> str:
    if pace == "draft":
        return _("brouillon")
    if pace == PLANNED:
        return _("prévue")
    if pace == GOING:
        return _("va partir")
    return str(Pace(pace).label)
