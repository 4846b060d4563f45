"""The room of parcours: which are published, and bringing one by archive."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Final

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import display

from clairevoie.learning.actions import gathering, importing, publishing
from clairevoie.learning.admin.bringing import ArchiveRoom
from clairevoie.learning.admin.cohort_forms import WayForm
from clairevoie.learning.admin.forms import ArchiveForm
from clairevoie.learning.content.problems import ContentRefused
from clairevoie.learning.models import Parcours
from clairevoie.learning.results import Shown, results_of
from clairevoie.learning.units import Rateable, units_of
from clairevoie.lib import calendar
from clairevoie.lib.speech import sentence
from clairevoie.privacy.backoffice import Deed, Section, author

_SHOWN: Final = 100  # problems told on the page


def _unpublish(request: HttpRequest, parcours: Parcours, _said: dict[str, Any]) -> str:
    publishing.take_offline(parcours=parcours, author=author(request), at=calendar.now())
    return _("Le parcours n’est plus au catalogue.")


def _change_way(request: HttpRequest, parcours: Parcours, said: dict[str, Any]) -> str:
    gathering.change_way(
        parcours=parcours, author=author(request), at=calendar.now(), way=said["way"]
    )
    return _("C’est ainsi que l’on s’y inscrit désormais.")


BRINGING = Deed(
    slug="importer",
    label=gettext_lazy("Importer cette archive"),
    permission="learning.bring",
    explains=gettext_lazy(
        "Chaque parcours qui a changé reçoit une nouvelle édition. Les éditions précédentes "
        "restent à qui les a commencées."
    ),
    perform=lambda *_: "",
    form=ArchiveForm,
)


def _opinions(parcours: Parcours) -> Section:
    """What learners think of each unit, from five on: nobody reads a score, staff no more."""
    results = results_of(parcours.slug)
    units = units_of(parcours.current.uuid) if parcours.current else {}

    def row(unit: Rateable, figure: Shown) -> tuple[Any, ...]:
        mean = number_format(figure.out_of_five, decimal_pos=1)
        return unit.heading, unit.unit.label, mean, figure.people, figure.taken_on

    measured = ((unit, results.ratings.get(name)) for name, unit in units.items())
    return Section(
        title=_("Ce qu’en pensent les apprenants"),
        columns=(_("Quoi"), _("Unité"), _("Moyenne sur 5"), _("Personnes"), _("Calculée le")),
        rows=[row(unit, figure) for unit, figure in measured if figure],
        empty=_("Rien n’a encore été noté par cinq personnes."),
    )


@admin.register(Parcours)
class ParcoursRoom(ArchiveRoom):
    """Trainings, published or not."""

    bringing = BRINGING
    bring_title = gettext_lazy("Importer un parcours")
    room = "parcours"
    title = gettext_lazy("Parcours")
    key = "slug"
    list_before_template = "gestion/parcours.html"
    introduction = gettext_lazy(
        "Un parcours est un dossier de textes. L’importer crée une édition, qui ne change plus ; "
        "la publier la donne à qui commence."
    )
    empty = gettext_lazy("Aucun parcours. Importez une archive pour commencer.")
    list_display = ("named", "state", "edition_number", "editions_count")
    list_display_links = ("named",)
    ordering = ("slug",)
    deeds: ClassVar[Sequence[Deed]] = (
        Deed(
            slug="retirer",
            label=gettext_lazy("Retirer du catalogue"),
            permission="learning.publish",
            explains=gettext_lazy(
                "Le parcours n’est plus proposé. Qui l’a commencé continue de le lire."
            ),
            perform=_unpublish,
            possible=lambda parcours: parcours.published,
            refusals=(publishing.NotOnline,),
        ),
        Deed(
            slug="inscription",
            label=gettext_lazy("Changer le mode d’inscription"),
            permission="learning.gather",
            explains=gettext_lazy(
                "Libre, sur candidature, par contrat ou sur invitation. Qui suit déjà le parcours "
                "continue."
            ),
            form=WayForm,
            initial=lambda parcours: {"way": parcours.way},
            perform=_change_way,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Parcours]:
        return Parcours.objects.select_related("current").annotate(edition_total=Count("editions"))

    @display(description=gettext_lazy("titre"))
    def named(self, record: Parcours) -> str:
        return str(record.current.title if record.current else record.slug)

    @display(description=gettext_lazy("état"), label={"online": "success", "offline": "info"})
    def state(self, record: Parcours) -> tuple[str, str]:
        return ("online", _("publié")) if record.published else ("offline", _("non publié"))

    @display(description=gettext_lazy("édition publiée"))
    def edition_number(self, record: Parcours) -> str:
        return str(record.current.number) if record.published and record.current else "–"

    @display(description=gettext_lazy("éditions"))
    def editions_count(self, record: Parcours) -> int:
        return int(record.edition_total)  # type: ignore[attr-defined]

    def name_of(self, record: Parcours) -> str:
        return str(self.named(record))

    def sections(self, request: HttpRequest, record: Parcours) -> Iterable[Section]:
        yield Section(
            title=_("Parcours"),
            pairs=[
                (_("Code"), record.slug),
                (_("Inscription"), record.get_way_display()),
                (_("Au catalogue"), _("oui") if record.published else _("non")),
                (_("Publié le"), record.published_at or "–"),
            ],
        )
        yield _opinions(record)
        editions = record.editions.order_by("-number").only(
            "uuid", "number", "title", "imported_at", "chapter_count", "minutes"
        )
        yield Section(
            title=_("Éditions"),
            columns=(_("Édition"), _("Importée le"), _("Chapitres"), _("Minutes")),
            rows=[
                (
                    format_html(
                        '<a href="{}">{}</a>',
                        reverse("admin:learning_edition_change", args=[edition.uuid]),
                        edition,
                    ),
                    edition.imported_at,
                    edition.chapter_count,
                    edition.minutes,
                )
                for edition in editions
            ],
        )

    # --- Bringing an archive ------------------------------------------------------------------

    def bring(self, request: HttpRequest, form: ArchiveForm) -> HttpResponse | None:
        try:
            done = importing.import_archive(
                archive=form.cleaned_data["archive"].read(),
                publish=form.cleaned_data["publish"] and request.user.has_perm("learning.publish"),
                author=author(request),
                at=calendar.now(),
            )
        except ContentRefused as refusal:
            form.add_error(None, sentence(refusal))
            for problem in refusal.problems[:_SHOWN]:
                form.add_error(None, str(problem))
            return None
        new = [imported for imported in done if imported.new]
        said = ngettext(
            "%(n)d nouvelle édition importée.", "%(n)d nouvelles éditions importées.", len(new)
        )
        messages.success(
            request, said % {"n": len(new)} if new else _("Rien de nouveau dans cette archive.")
        )
        url = reverse("admin:learning_edition_change", args=[done[0].edition.uuid])
        return HttpResponseRedirect(url)
