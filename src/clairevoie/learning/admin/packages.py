"""The room of SCORM packages: bringing them, and whether learners are offered them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from clairevoie.learning.actions import playing
from clairevoie.learning.admin.bringing import ArchiveRoom
from clairevoie.learning.admin.cohort_forms import ParcoursField
from clairevoie.learning.content.problems import ContentRefused
from clairevoie.learning.models import Package, Parcours
from clairevoie.learning.playing import address_apart
from clairevoie.lib import calendar
from clairevoie.lib.speech import sentence
from clairevoie.privacy.backoffice import Deed, Section, author


class PackageForm(forms.Form):
    """A zip that another tool exported, and whom it is for."""

    parcours = ParcoursField(
        label=gettext_lazy("Parcours"),
        queryset=Parcours.objects.select_related("current")
        .only("slug", "current__title")
        .order_by("slug"),
        to_field_name="slug",
        empty_label=None,
    )
    archive = forms.FileField(
        label=gettext_lazy("Archive"),
        help_text=gettext_lazy(
            "Un zip SCORM 1.2 ou 2004, 50 Mo au plus, 200 Mo déplié. Il est relu avant d’être "
            "gardé, et joue dans un cadre qui ne voit rien du site."
        ),
        widget=forms.FileInput(attrs={"accept": ".zip,application/zip"}),
        error_messages={"required": gettext_lazy("Choisissez une archive zip de 50 Mo au plus.")},
    )


BRINGING = Deed(
    slug="importer",
    label=gettext_lazy("Importer ce paquet"),
    permission="learning.bring",
    explains=gettext_lazy("Ceux qui suivent le parcours le trouvent aussitôt sur sa page."),
    perform=lambda *_: "",
    form=PackageForm,
)


def _offer(request: HttpRequest, package: Package, _said: dict[str, Any]) -> str:
    playing.offer(package=package, offered=True, author=author(request), at=calendar.now())
    return _("Le paquet est proposé.")


def _withdraw(request: HttpRequest, package: Package, _said: dict[str, Any]) -> str:
    playing.offer(package=package, offered=False, author=author(request), at=calendar.now())
    return _("Le paquet n’est plus proposé.")


def _frames(address: str) -> str:
    """Whether a page of the package may speak to the one it frames: why one does not play."""
    if address:
        return _("se parlent entre eux, à l’adresse %(address)s") % {"address": address}
    return _("isolés : un paquet dont une page en lance une autre ne jouera pas ici")


def _where(package: Package) -> str:
    """The latest chapter that plays it, else the page of the parcours."""
    if not package.placed:
        return _("depuis la page du parcours, hors progression")
    chapter = package.chapters.order_by("-id").first()
    return chapter.title if chapter else "–"


@admin.register(Package)
class PackageRoom(ArchiveRoom):
    """What other tools made, the latest first."""

    bringing = BRINGING
    bring_title = gettext_lazy("Importer un paquet SCORM")
    room = "paquets"
    title = gettext_lazy("Paquets SCORM")
    key = "uuid"
    list_before_template = "gestion/packages.html"
    introduction = gettext_lazy(
        "Des contenus faits avec un autre outil. Chacun joue à l’écart : il ne voit ni le nom, "
        "ni le compte de qui le suit, et n’appelle aucun autre site."
    )
    empty = gettext_lazy("Aucun paquet. Importez une archive SCORM pour commencer.")
    list_display = ("title", "parcours", "standard", "state", "brought_at")
    ordering = ("-brought_at", "-id")
    deeds: ClassVar[Sequence[Deed]] = (
        Deed(
            slug="proposer",
            label=gettext_lazy("Proposer à nouveau"),
            permission="learning.bring",
            explains=gettext_lazy("Ceux qui suivent le parcours le retrouvent sur sa page."),
            perform=_offer,
            possible=lambda package: not package.offered,
        ),
        Deed(
            slug="retirer",
            label=gettext_lazy("Ne plus proposer"),
            permission="learning.bring",
            explains=gettext_lazy("Il disparaît de la page du parcours. Les résultats restent."),
            perform=_withdraw,
            possible=lambda package: package.offered,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Package]:
        return Package.objects.select_related("parcours")

    @display(description=gettext_lazy("état"), label={"offered": "success", "withdrawn": "info"})
    def state(self, record: Package) -> tuple[str, str]:
        if record.offered:
            return "offered", _("proposé")
        return "withdrawn", _("retiré")

    def sections(self, request: HttpRequest, record: Package) -> Iterable[Section]:
        yield Section(
            title=_("Paquet SCORM"),
            pairs=[
                (_("Parcours"), record.parcours_id),
                (_("Norme"), record.get_standard_display()),
                (_("Taille"), filesizeformat(record.size)),
                (_("Importé le"), record.brought_at),
                (_("Proposé"), _("oui") if record.offered else _("non")),
                (_("Joué"), _where(record)),
                (_("Cadres du paquet"), _frames(address_apart(request))),
            ],
        )
        yield Section(
            title=_("Contenus"),
            columns=(_("Titre"), _("Fichier")),
            rows=[(item["title"], item["href"]) for item in record.items],
        )

    # --- Bringing a package -------------------------------------------------------------------

    def bring(self, request: HttpRequest, form: PackageForm) -> HttpResponse | None:
        try:
            package = playing.bring(
                parcours=form.cleaned_data["parcours"],
                archive=form.cleaned_data["archive"].read(),
                author=author(request),
                at=calendar.now(),
            )
        except playing.AlreadyBrought as refusal:
            form.add_error("archive", sentence(refusal))
        except ContentRefused as refusal:
            for problem in refusal.problems:
                form.add_error("archive", str(problem))
        else:
            messages.success(request, _("Le paquet est importé et proposé."))
            return HttpResponseRedirect(self.page_url(package))
        return None
