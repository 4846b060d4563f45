"""The buttons on a person's page: each one asks, explains, and calls one action."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import Any

from django import forms
from django.conf import settings
from django.db import transaction
from django.http import FileResponse, HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clairevoie import policy, privacy
from clairevoie.accounts.actions import appointing, suspending, unlocking
from clairevoie.accounts.actions.leaving import LastAdministrator
from clairevoie.accounts.models import Member, Role
from clairevoie.lib import calendar
from clairevoie.lib.speech import day_in_full
from clairevoie.privacy.backoffice import Deed, Section, author
from clairevoie.privacy.models import DataSubject, Restriction

REASON_CODES = (
    ("fraude", gettext_lazy("Fraude ou usurpation")),
    ("partage", gettext_lazy("Partage du compte")),
    ("contenu", gettext_lazy("Contenu illicite ou injurieux")),
    ("securite", gettext_lazy("Mesure de sécurité")),
    ("impaye", gettext_lazy("Défaut de paiement")),
)


def _usual_appeal() -> str:
    return _(
        "Répondez à ce message ou écrivez à %(email)s\u00a0: une autre personne que l’auteur de "
        "la décision réexaminera votre dossier sous un mois."
    ) % {"email": policy.current().organisation.contact_email}


class SuspensionForm(forms.Form):
    """Author, code, reasons and a way to appeal: nothing is suspended without them (P-082)."""

    reason_code = forms.ChoiceField(label=gettext_lazy("Motif"), choices=REASON_CODES)
    reason = forms.CharField(
        label=gettext_lazy("Raisons, telles que la personne les lira"), widget=forms.Textarea
    )
    appeal = forms.CharField(
        label=gettext_lazy("Comment contester"),
        widget=forms.Textarea,
        initial=_usual_appeal,
    )


class RoleForm(forms.Form):
    """One role a person (P-003)."""

    role = forms.ChoiceField(label=gettext_lazy("Rôle"), choices=Role.choices)


class RestrictionForm(forms.Form):
    """One of the four grounds of GDPR art. 18(1)."""

    ground = forms.ChoiceField(label=gettext_lazy("Fondement"), choices=Restriction.Ground.choices)


def _rules() -> list[tuple[str, str]]:
    rules = policy.current().retention.values()
    return [("", _("toutes ses données")), *((r.code, _(r.title)) for r in rules)]


class HoldForm(forms.Form):
    """A documented reason, and what it covers; reviewed within six months (C.4)."""

    reason = forms.CharField(
        label=gettext_lazy("Raison"),
        max_length=200,
        help_text=gettext_lazy("Contentieux, contrôle, demande en cours… sans nom de personne."),
    )
    rule = forms.ChoiceField(label=gettext_lazy("Copies gelées"), choices=_rules, required=False)
    until = forms.DateField(
        label=gettext_lazy("Jusqu’au"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Vide\u00a0: jusqu’à décision contraire, revue sous six mois."),
    )


class ErasureForm(forms.Form):
    """Said twice, because nothing brings the data back."""

    give_up = forms.BooleanField(
        label=gettext_lazy(
            "La personne renonce aussi à ses certificats et projets validés\u00a0: elle a été "
            "prévenue par écrit qu’aucun duplicata ne sera plus possible."
        ),
        required=False,
        help_text=gettext_lazy("Sans sa demande expresse, ils restent (F-30)."),
    )
    sure = forms.BooleanField(
        label=gettext_lazy("J’ai vérifié l’identité de la personne et ce qui va partir.")
    )


def _me(request: HttpRequest) -> Member:
    assert isinstance(request.user, Member), "the door lets members of staff in, nobody else"
    return request.user


def _appoint(request: HttpRequest, subject: DataSubject, answers: dict[str, Any]) -> str:
    role = Role(answers["role"])
    appointing.appoint(member=subject.member, role=role, author=_me(request), at=calendar.now())
    return _("Rôle\u00a0: %(role)s. Les sessions de la personne sont fermées.") % {
        "role": role.label
    }


def _suspend(request: HttpRequest, subject: DataSubject, answers: dict[str, Any]) -> str:
    suspending.suspend_member(
        member=subject.member, author=_me(request), at=calendar.now(), **answers
    )
    return _("Le compte est suspendu.")


def _lift(request: HttpRequest, subject: DataSubject, _answers: dict[str, Any]) -> str:
    suspending.lift_member_suspension(
        member=subject.member, author=_me(request), at=calendar.now()
    )
    return _("La suspension est levée.")


def _restrict(_request: HttpRequest, subject: DataSubject, answers: dict[str, Any]) -> str:
    privacy.restrict(subject, ground=answers["ground"], on=calendar.today())
    return _("Les données sont verrouillées.")


def _release(_request: HttpRequest, subject: DataSubject, _answers: dict[str, Any]) -> str:
    lifted = unlocking.announce_release(subject=subject, at=calendar.now())
    return _("La personne est prévenue\u00a0: ses données seront déverrouillées le %(day)s.") % {
        "day": day_in_full(lifted)
    }


def _hold(request: HttpRequest, subject: DataSubject, answers: dict[str, Any]) -> str:
    privacy.hold(subject, owner=author(request), on=calendar.today(), **answers)
    return _("Les données sont gelées.")


def _export(request: HttpRequest, subject: DataSubject, _answers: dict[str, Any]) -> FileResponse:
    """Streamed from a file without a name: it is gone when the answer is sent, or fails."""
    at = calendar.now()
    with ExitStack() as stack:
        pack = stack.enter_context(TemporaryFile(dir=settings.HOME))
        contents = privacy.export(subject, to=pack, at=at)
        privacy.ledger.append(
            executor="gestion.export",
            at=at,
            subject=subject.uuid,
            facts={**contents.counts, "author": author(request)},
        )
        pack.seek(0)
        stack.pop_all()  # from here on the answer closes it
    return FileResponse(
        pack,
        as_attachment=True,
        filename=f"donnees-{subject.uuid}.zip",
        content_type="application/zip",
    )


def _erase(_request: HttpRequest, subject: DataSubject, answers: dict[str, Any]) -> str:
    with transaction.atomic():
        if answers["give_up"]:
            privacy.give_up_proofs(subject, at=calendar.now())
        erasure = privacy.erase(subject, because="request", on=calendar.today())
    return _("%(gone)d lignes effacées, %(kept)d conservées par obligation.") % {
        "gone": sum(erasure.tables.values()),
        "kept": sum(erasure.kept.values()),
    }


def what_goes_and_what_stays(subject: DataSubject) -> Sequence[Section]:
    """Before an erasure: what will go, what must stay, until when and why."""
    kept = privacy.kept_until(subject, on=calendar.today())
    stays = [k for k in kept if k.archived]
    goes = [k for k in kept if not k.archived]
    return (
        Section(
            title=_("Ce qui part"),
            columns=(_("Données"), _("Lignes")),
            rows=[(k.title, k.rows) for k in goes],
            empty=_("Rien."),
        ),
        Section(
            title=_("Ce qui reste"),
            columns=(_("Données"), _("Lignes"), _("Dernier jour"), _("Pourquoi")),
            rows=[(k.title, k.rows, k.last_day, k.because) for k in stays],
            empty=_("Rien."),
        ),
    )


ON_A_PERSON: tuple[Deed, ...] = (
    Deed(
        slug="suspendre",
        label=gettext_lazy("Suspendre le compte"),
        permission="privacy.suspend",
        explains=gettext_lazy(
            "La personne ne pourra plus se connecter. Elle lira vos raisons et la façon de les "
            "contester. Une empreinte de ses coordonnées est gardée deux ans."
        ),
        form=SuspensionForm,
        perform=_suspend,
        possible=lambda subject: (
            hasattr(subject, "member") and not subject.suspended_on and not subject.restricted
        ),
        refusals=(privacy.NoReason, privacy.AlreadySuspended, suspending.NotYours),
    ),
    Deed(
        slug="lever-la-suspension",
        label=gettext_lazy("Lever la suspension"),
        permission="privacy.lift_suspension",
        explains=gettext_lazy(
            "Le compte reprend là où il en était, avec sa propre horloge\u202f; l’empreinte des "
            "coordonnées est effacée."
        ),
        perform=_lift,
        possible=lambda subject: bool(subject.suspended_on),
        refusals=(privacy.NotSuspended, suspending.NotYours),
    ),
    Deed(
        slug="verrouiller",
        label=gettext_lazy("Verrouiller les données"),
        permission="privacy.restrict",
        explains=gettext_lazy(
            "Les données sont conservées et rien d’autre\u00a0: ni liste, ni statistique, ni "
            "message, ni purge (article 18 du RGPD)."
        ),
        form=RestrictionForm,
        perform=_restrict,
        possible=lambda subject: not subject.restricted,
    ),
    Deed(
        slug="deverrouiller",
        label=gettext_lazy("Déverrouiller les données"),
        permission="privacy.release",
        explains=gettext_lazy(
            "La personne est prévenue tout de suite (article 18, 3 du RGPD). Sept jours plus "
            "tard, ses données redeviennent utilisables, et ce qui est échu entre-temps part la "
            "nuit suivante, sur l’horloge d’origine."
        ),
        perform=_release,
        possible=lambda subject: subject.restricted,
        refusals=(privacy.NotRestricted, privacy.AlreadyAnnounced),
    ),
    Deed(
        slug="geler",
        label=gettext_lazy("Geler pour motif légal"),
        permission="privacy.hold",
        explains=gettext_lazy(
            "Les copies désignées ne sont pas effacées à leur terme tant que le gel dure."
        ),
        form=HoldForm,
        perform=_hold,
        possible=lambda subject: not subject.restricted,
    ),
    Deed(
        slug="role",
        label=gettext_lazy("Changer le rôle"),
        permission="accounts.appoint",
        explains=gettext_lazy(
            "Le rôle décide de ce que la personne peut voir et faire. Ses sessions se "
            "ferment\u202f; un second facteur lui sera demandé pour entrer ici."
        ),
        form=RoleForm,
        perform=_appoint,
        possible=lambda subject: hasattr(subject, "member") and not subject.restricted,
        refusals=(appointing.MayNotAppoint, LastAdministrator),
    ),
    Deed(
        slug="exporter",
        label=gettext_lazy("Télécharger ses données"),
        permission="privacy.export",
        explains=gettext_lazy(
            "Une archive de tout ce qui est conservé sur cette personne, pour répondre à une "
            "demande d’accès. Vérifiez d’abord son identité."
        ),
        perform=_export,
        refusals=(privacy.SubjectErased,),
    ),
    Deed(
        slug="effacer",
        label=gettext_lazy("Effacer maintenant"),
        permission="privacy.erase",
        explains=gettext_lazy(
            "L’effacement est immédiat et définitif. Ce qu’une obligation légale impose de "
            "garder reste jusqu’à la date indiquée."
        ),
        form=ErasureForm,
        perform=_erase,
        final=True,
        refusals=(privacy.CannotErase,),
        possible=lambda subject: not subject.held and not subject.restricted,
        describe=what_goes_and_what_stays,
    ),
)
