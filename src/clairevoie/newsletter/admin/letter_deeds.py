"""What may be done with a letter: each button explains, asks, and calls one action."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clairevoie import messaging
from clairevoie.lib import calendar
from clairevoie.messaging.models import Mailing, Pace
from clairevoie.newsletter.actions import illustrating, planning, sending, starting, writing
from clairevoie.newsletter.admin.forms import (
    LetterForm,
    MoveForm,
    NamedPictureForm,
    NumberForm,
    PictureForm,
    PlanForm,
)
from clairevoie.newsletter.models import Campaign, pictures_of, recipients_of
from clairevoie.privacy.backoffice import Deed, Section, author

_WRITING = (
    writing.OnSeveralLines,
    writing.ForeignImage,
    writing.UnknownImage,
    writing.UndescribedImage,
    writing.NothingWritten,
    writing.AlreadySent,
    writing.IsPlanned,
)
_JOINING = (
    illustrating.NotThatForm,
    illustrating.NotAPicture,
    illustrating.PictureMoves,
    illustrating.PictureTooHeavy,
    illustrating.OverBudget,
    illustrating.Undescribed,
    writing.AlreadySent,
    writing.IsPlanned,
)
PLANNED = "planned"  # it leaves by itself at its hour
GOING = "going"  # sent, and the worker has not taken it yet


def _as_written(letter: Campaign) -> str:
    """Two authors at once: neither replaces, nor sends, words that they have not read."""
    return letter.written_at.isoformat()


def _initial(letter: Campaign) -> dict[str, Any]:
    columns = ("title", "preheader", "body", "audience", "language")
    topics = [topic.slug for topic in letter.topics.all()]
    return {name: getattr(letter, name) for name in columns} | {"topics": topics}


def _edit(request: HttpRequest, letter: Campaign, said: dict[str, Any]) -> str:
    draft = writing.Draft(**said)
    writing.write_letter(draft=draft, campaign=letter, author=author(request), at=calendar.now())
    return _("La lettre est enregistrée. Relisez-la ci-dessous.")


def _join(request: HttpRequest, letter: Campaign, said: dict[str, Any]) -> str:
    picture = illustrating.join_picture(
        campaign=letter,
        name=said["file"].name,
        data=said["file"].read(),
        description=said["description"],
        author=author(request),
        at=calendar.now(),
    )
    return _(
        "L’image est jointe. Dans le texte, écrivez %(markdown)s où elle doit apparaître."
    ) % {"markdown": illustrating.markdown_of(picture)}


def _take_out(request: HttpRequest, letter: Campaign, said: dict[str, Any]) -> str:
    illustrating.remove_picture(
        campaign=letter, name=said["name"], author=author(request), at=calendar.now()
    )
    return _("L’image n’est plus jointe à la lettre.")


def _names(letter: Campaign) -> dict[str, Any]:
    return {"names": list(pictures_of(letter).values_list("name", flat=True))}


def _joined(letter: Campaign) -> Sequence[Section]:
    """Beside the text being written: what it may show, and how."""
    rows = [
        (illustrating.markdown_of(picture), picture.description) for picture in pictures_of(letter)
    ]
    columns = (_("À écrire dans le texte"), _("Ce qu’elle montre"))
    return [Section(title=_("Images jointes"), columns=columns, rows=rows)] if rows else []


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


def pace_of(letter: Campaign) -> str:
    """Where it stands: a draft, planned, about to go, or the pace of its mailing."""
    if letter.is_draft:
        return "draft"
    if letter.is_planned:
        return PLANNED
    known = getattr(letter, "pace", None)
    if known is None:
        mailing = starting.mailing_of(letter)
        known = mailing.state if mailing else GOING
    return str(known)


def _is(*paces: str) -> Any:
    return lambda letter: pace_of(letter) in paces


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

DEEDS: Sequence[Deed] = (
    Deed(
        slug="ecrire",
        label=gettext_lazy("Modifier"),
        permission="newsletter.write",
        explains=gettext_lazy("Rien ne part\u00a0: le brouillon est remplacé."),
        form=LetterForm,
        initial=_initial,
        perform=_edit,
        describe=_joined,
        about=_as_written,
        possible=_is("draft"),
        refusals=_WRITING,
    ),
    Deed(
        slug="joindre",
        label=gettext_lazy("Joindre une image"),
        permission="newsletter.write",
        explains=gettext_lazy(
            "Elle voyage dans le message\u00a0: personne ne sait quand on l’ouvre. Chaque "
            "lecteur la reçoit, d’où 1\u00a0Mo au plus par lettre. Personne de reconnaissable "
            "sans son accord."
        ),
        form=PictureForm,
        perform=_join,
        possible=_is("draft"),
        refusals=_JOINING,
    ),
    Deed(
        slug="retirer-image",
        label=gettext_lazy("Retirer une image"),
        permission="newsletter.write",
        explains=gettext_lazy("Elle est effacée de la lettre, et n’est gardée nulle part."),
        form=NamedPictureForm,
        initial=_names,
        perform=_take_out,
        possible=lambda letter: letter.is_draft and letter.pictures.exists(),
        refusals=(
            illustrating.StillShown,
            illustrating.NoSuchPicture,
            writing.AlreadySent,
            writing.IsPlanned,
        ),
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
        about=_as_written,
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
        about=_as_written,
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
        possible=_is(PLANNED),
        refusals=(planning.NotAhead, planning.NotPlanned),
    ),
    Deed(
        slug="deprogrammer",
        label=gettext_lazy("Annuler l’envoi prévu"),
        permission="newsletter.send",
        explains=gettext_lazy("Rien n’est parti\u00a0: la lettre redevient un brouillon."),
        perform=_call_off,
        possible=_is(PLANNED),
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
        possible=_is(GOING),
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
