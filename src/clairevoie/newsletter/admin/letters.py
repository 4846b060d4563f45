"""The room of letters: write, read again, try, send, follow, stop."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from clairevoie import messaging
from clairevoie.lib import calendar
from clairevoie.lib.calendar import paris_date
from clairevoie.messaging.models import Mailing, Pace
from clairevoie.newsletter.actions import planning, sending, starting, writing
from clairevoie.newsletter.admin.forms import LetterForm, MoveForm, NumberForm, PlanForm
from clairevoie.newsletter.admin.pages import begin
from clairevoie.newsletter.letters import written
from clairevoie.newsletter.models import Campaign, recipients_of
from clairevoie.privacy.backoffice import Deed, ReadOnlyAdmin, Section, author, day

_WRITING = (
    writing.OnSeveralLines,
    writing.ForeignImage,
    writing.NothingWritten,
    writing.AlreadySent,
    writing.IsPlanned,
)
A_GLANCE = 5_000  # readers counted on the page of a draft
_PLANNED = "planned"  # it leaves by itself at its hour
_GOING = "going"  # sent, and the worker has not taken it yet


def _initial(letter: Campaign) -> dict[str, Any]:
    columns = ("title", "preheader", "body", "audience", "language")
    topics = [topic.slug for topic in letter.topics.all()]
    return {name: getattr(letter, name) for name in columns} | {"topics": topics}


def _edit(request: HttpRequest, letter: Campaign, said: dict[str, Any]) -> str:
    draft = writing.Draft(**said)
    writing.write_letter(draft=draft, campaign=letter, author=author(request), at=calendar.now())
    return _("La lettre est enregistrée. Relisez-la ci-dessous.")


def _discard(request: HttpRequest, letter: Campaign, _said: dict[str, Any]) -> HttpResponse:
    writing.discard_letter(campaign=letter, author=author(request), at=calendar.now())
    return HttpResponseRedirect(reverse("admin:newsletter_campaign_changelist"))


def _test(request: HttpRequest, letter: Campaign, _said: dict[str, Any]) -> str:
    subject = request.user.subject  # type: ignore[union-attr]
    sending.send_test(campaign=letter, reader=subject, at=calendar.now())
    return _("L’essai part vers votre adresse.")


def _send(request: HttpRequest, letter: Campaign, said: dict[str, Any]) -> str:
    sending.send_letter(
        campaign=letter, number=said["number"], author=author(request), at=calendar.now()
    )
    return _("La lettre part. Cette page montre où elle en est.")


def _plan(request: HttpRequest, letter: Campaign, said: dict[str, Any]) -> str:
    planning.plan_letter(campaign=letter, author=author(request), at=calendar.now(), **said)
    return _("L’envoi est prévu. Jusque-là, vous pouvez changer la date ou l’annuler.")


def _move(request: HttpRequest, letter: Campaign, said: dict[str, Any]) -> str:
    planning.move_letter(campaign=letter, author=author(request), at=calendar.now(), **said)
    return _("La nouvelle date est enregistrée.")


def _call_off(request: HttpRequest, letter: Campaign, _said: dict[str, Any]) -> str:
    planning.call_off(campaign=letter, author=author(request), at=calendar.now())
    return _("L’envoi prévu est annulé\u00a0: la lettre est de nouveau un brouillon.")


def _call_back(request: HttpRequest, letter: Campaign, _said: dict[str, Any]) -> str:
    planning.call_back(campaign=letter, author=author(request), at=calendar.now())
    return _("Rien n’est parti\u00a0: la lettre est de nouveau un brouillon.")


def _pause(request: HttpRequest, letter: Campaign, _said: dict[str, Any]) -> str:
    messaging.pause_mailing(_mailing(letter), at=calendar.now())
    return _("L’envoi est en pause\u00a0: plus rien ne part.")


def _resume(request: HttpRequest, letter: Campaign, _said: dict[str, Any]) -> str:
    messaging.resume_mailing(_mailing(letter), at=calendar.now())
    return _("L’envoi reprend.")


def _cancel(request: HttpRequest, letter: Campaign, _said: dict[str, Any]) -> str:
    messaging.cancel_mailing(_mailing(letter), at=calendar.now())
    return _("L’envoi est annulé\u00a0: ce qui n’était pas parti ne partira pas.")


def _publish(request: HttpRequest, letter: Campaign, _said: dict[str, Any]) -> str:
    writing.publish_letter(campaign=letter, public=True, author=author(request), at=calendar.now())
    return _("La lettre est dans les archives publiques.")


def _withdraw(request: HttpRequest, letter: Campaign, _said: dict[str, Any]) -> str:
    writing.publish_letter(
        campaign=letter, public=False, author=author(request), at=calendar.now()
    )
    return _("La lettre n’est plus dans les archives publiques.")


def _mailing(letter: Campaign) -> Mailing:
    found = starting.mailing_of(letter)
    if found is None:
        raise messaging.NotUnderWay
    return found


def _pace(letter: Campaign) -> str:
    """Where it stands: a draft, planned, about to go, or the pace of its mailing."""
    if letter.is_draft:
        return "draft"
    if letter.is_planned:
        return _PLANNED
    known = getattr(letter, "pace", None)
    if known is None:
        mailing = starting.mailing_of(letter)
        known = mailing.state if mailing else _GOING
    return str(known)


def _is(*paces: str) -> Any:
    return lambda letter: _pace(letter) in paces


def _readers_at_a_glance(letter: Campaign) -> int:
    """How many there are, up to one more than a glance takes; sending counts them all."""
    return len(recipients_of(letter).order_by("pk").values_list("pk")[: A_GLANCE + 1])


def _whom(letter: Campaign) -> Sequence[Section]:
    number = recipients_of(letter).count()
    return [
        Section(
            title=_("Qui la recevra"),
            pairs=[
                (_("Destinataires"), number),
                (_("Titre"), letter.title),
                (_("Thèmes"), ", ".join(topic.name for topic in letter.topics.all())),
                (_("Public"), letter.get_audience_display()),
            ],
            note=_(
                "Seulement des personnes qui ont demandé la lettre, l’ont confirmé et n’ont "
                "rien arrêté depuis. Chacune est vérifiée à nouveau au moment de son envoi."
            ),
        )
    ]


WRITING = Deed(
    slug="nouvelle",
    label=gettext_lazy("Enregistrer le brouillon"),
    permission="newsletter.write",
    explains=gettext_lazy("Rien ne part\u00a0: vous relirez d’abord la lettre, et un essai."),
    perform=lambda *_: "",
    form=LetterForm,
    refusals=_WRITING,
)


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
    deeds: ClassVar[Sequence[Deed]] = (
        Deed(
            slug="ecrire",
            label=gettext_lazy("Modifier"),
            permission="newsletter.write",
            explains=gettext_lazy("Rien ne part\u00a0: le brouillon est remplacé."),
            form=LetterForm,
            initial=_initial,
            perform=_edit,
            possible=_is("draft"),
            refusals=_WRITING,
        ),
        Deed(
            slug="essai",
            label=gettext_lazy("M’envoyer un essai"),
            permission="newsletter.write",
            explains=gettext_lazy(
                "La lettre telle que vous venez de l’écrire part à votre adresse, et à elle seule."
            ),
            perform=_test,
            possible=_is("draft"),
            refusals=(sending.NoAddressOfYourOwn,),
        ),
        Deed(
            slug="envoyer",
            label=gettext_lazy("Envoyer la lettre"),
            permission="newsletter.send",
            explains=gettext_lazy(
                "Une lettre partie ne se rattrape pas. Vous pourrez suspendre ou annuler ce qui "
                "n’est pas encore parti."
            ),
            final=True,
            form=NumberForm,
            describe=_whom,
            perform=_send,
            possible=_is("draft"),
            refusals=(
                sending.WrongNumber,
                sending.NobodyToWriteTo,
                writing.AlreadySent,
                writing.IsPlanned,
            ),
        ),
        Deed(
            slug="prevoir",
            label=gettext_lazy("Prévoir l’envoi"),
            permission="newsletter.send",
            explains=gettext_lazy(
                "La lettre partira d’elle-même à l’heure dite, à qui l’accepte à cet instant. "
                "Ses mots ne changeront plus, sauf à annuler d’abord l’envoi prévu."
            ),
            form=PlanForm,
            describe=_whom,
            perform=_plan,
            possible=_is("draft"),
            refusals=(
                planning.NotAhead,
                sending.WrongNumber,
                sending.NobodyToWriteTo,
                writing.AlreadySent,
                writing.IsPlanned,
            ),
        ),
        Deed(
            slug="deplacer",
            label=gettext_lazy("Changer la date"),
            permission="newsletter.send",
            explains=gettext_lazy("La lettre partira à la nouvelle heure, et pas à l’ancienne."),
            form=MoveForm,
            initial=lambda letter: {"leaves_at": letter.leaves_at},
            perform=_move,
            possible=_is(_PLANNED),
            refusals=(planning.NotAhead, planning.NotPlanned),
        ),
        Deed(
            slug="deprogrammer",
            label=gettext_lazy("Annuler l’envoi prévu"),
            permission="newsletter.send",
            explains=gettext_lazy("Rien n’est parti\u00a0: la lettre redevient un brouillon."),
            perform=_call_off,
            possible=_is(_PLANNED),
            refusals=(planning.NotPlanned,),
        ),
        Deed(
            slug="rappeler",
            label=gettext_lazy("Rappeler la lettre"),
            permission="newsletter.send",
            explains=gettext_lazy(
                "Elle vient d’être envoyée et rien n’est encore parti\u00a0: elle redevient un "
                "brouillon."
            ),
            perform=_call_back,
            possible=_is(_GOING),
            refusals=(planning.AlreadyTaken,),
        ),
        Deed(
            slug="suspendre",
            label=gettext_lazy("Suspendre l’envoi"),
            permission="newsletter.send",
            explains=gettext_lazy("Plus rien ne part jusqu’à la reprise."),
            perform=_pause,
            possible=_is(Pace.SENDING),
            refusals=(messaging.NotUnderWay,),
        ),
        Deed(
            slug="reprendre",
            label=gettext_lazy("Reprendre l’envoi"),
            permission="newsletter.send",
            explains=gettext_lazy("L’envoi continue là où il s’était arrêté, sans doublon."),
            perform=_resume,
            possible=_is(Pace.PAUSED),
            refusals=(messaging.NotUnderWay,),
        ),
        Deed(
            slug="annuler",
            label=gettext_lazy("Annuler l’envoi"),
            permission="newsletter.send",
            explains=gettext_lazy(
                "Ce qui est parti l’est pour toujours\u202f; le reste ne partira jamais."
            ),
            final=True,
            perform=_cancel,
            possible=_is(Pace.PREPARING, Pace.SENDING, Pace.PAUSED),
            refusals=(messaging.NotUnderWay,),
        ),
        Deed(
            slug="publier",
            label=gettext_lazy("Mettre dans les archives"),
            permission="newsletter.write",
            explains=gettext_lazy("Chacun pourra la lire sur le site, et les moteurs l’indexer."),
            perform=_publish,
            refusals=(writing.NotSent,),
            possible=lambda letter: letter.sent_at is not None and not letter.public,
        ),
        Deed(
            slug="retirer",
            label=gettext_lazy("Retirer des archives"),
            permission="newsletter.write",
            explains=gettext_lazy("Le site ne la montre plus."),
            perform=_withdraw,
            refusals=(writing.NotSent,),
            possible=lambda letter: letter.public,
        ),
        Deed(
            slug="jeter",
            label=gettext_lazy("Jeter le brouillon"),
            permission="newsletter.write",
            explains=gettext_lazy("Ce texte n’est gardé nulle part ailleurs."),
            final=True,
            perform=_discard,
            possible=_is("draft"),
            refusals=(writing.AlreadySent, writing.IsPlanned),
        ),
    )

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
            _PLANNED: "info",
            _GOING: "warning",
            Pace.PREPARING: "warning",
            Pace.SENDING: "warning",
            Pace.PAUSED: "danger",
            Pace.DONE: "success",
            Pace.CANCELLED: "danger",
        },
    )
    def state(self, record: Campaign) -> tuple[str, str]:
        pace = _pace(record)
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
        body = written(record.body)
        return {
            "body": body,
            "pace": _pace(record),
            "pace_said": _said_of(_pace(record)),
            "progress": messaging.mailing_progress(mailing) if mailing else None,
            "moving": _pace(record) in (_GOING, Pace.PREPARING, Pace.SENDING),
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
        return [begun, *super().get_urls()]

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


def _said_of(pace: str) -> str:
    if pace == "draft":
        return _("brouillon")
    if pace == _PLANNED:
        return _("prévue")
    if pace == _GOING:
        return _("va partir")
    return str(Pace(pace).label)
