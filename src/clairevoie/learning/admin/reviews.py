"""The room of reviews of parcours: somebody reads each one again before it is shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from unfold.decorators import display

from clairevoie.learning.actions import reviewing
from clairevoie.learning.models import Rating, reviews_whose_publication_is_agreed
from clairevoie.learning.opinions import named
from clairevoie.lib import calendar
from clairevoie.lib.speech import day_in_full
from clairevoie.privacy.backoffice import Deed, ReadOnlyAdmin, Section, author


def _accept(request: HttpRequest, rating: Rating, _said: dict[str, Any]) -> str:
    reviewing.moderate(rating=rating, accepted=True, moderator=author(request), at=calendar.now())
    return _("L’avis est publié.")


def _refuse(request: HttpRequest, rating: Rating, _said: dict[str, Any]) -> str:
    reviewing.moderate(rating=rating, accepted=False, moderator=author(request), at=calendar.now())
    return _("L’avis ne sera pas publié.")


def _words(rating: Rating) -> Sequence[Section]:
    return [Section(title=_("Avis"), pairs=[(_("Avis"), rating.review)])]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


@admin.register(Rating)
class ParcoursReviewRoom(ReadOnlyAdmin):
    """Reviews that their authors agreed to publish. Scores are not shown: nobody reads one."""

    room = "avis-parcours"
    title = gettext_lazy("Avis sur les parcours")
    key = "uuid"
    one, many = gettext_lazy("avis"), pgettext_lazy("plusieurs", "avis")
    introduction = gettext_lazy(
        "Les avis dont l’auteur accepte la publication. Relisez chacun : il ne doit nommer "
        "personne. Sans accord, un avis n’apparaît pas ici ; une note n’y apparaît jamais."
    )
    empty = gettext_lazy("Aucun avis à publier. Ils arrivent dès qu’un auteur donne son accord.")
    list_display = ("about", "unit", "answered_on", "moderation", "moderated_on")
    list_display_links = ("about",)
    list_filter = ("moderation",)
    ordering = ("-answered_on", "-id")
    deeds: ClassVar[Sequence[Deed]] = (
        Deed(
            slug="publier",
            label=gettext_lazy("Publier cet avis"),
            permission="learning.moderate",
            explains=gettext_lazy("Il apparaîtra sur la page du parcours, signé du pseudo."),
            perform=_accept,
            about=lambda rating: rating.review,
            describe=_words,
            refusals=(reviewing.ReviewChanged,),
            possible=lambda rating: rating.moderation != Rating.Moderation.ACCEPTED,
        ),
        Deed(
            slug="refuser",
            label=gettext_lazy("Ne pas publier cet avis"),
            permission="learning.moderate",
            explains=gettext_lazy("Il reste privé ; la note compte toujours dans la moyenne."),
            perform=_refuse,
            about=lambda rating: rating.review,
            describe=_words,
            refusals=(reviewing.ReviewChanged,),
            possible=lambda rating: rating.moderation != Rating.Moderation.REFUSED,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Rating]:
        agreed = reviews_whose_publication_is_agreed()
        return agreed.select_related("subject", "parcours__current").defer(
            "parcours__current__source", "parcours__current__searched"
        )

    @display(description=gettext_lazy("parcours"))
    def about(self, record: Rating) -> str:
        edition = record.parcours.current
        return edition.title if edition else record.parcours_id

    def name_of(self, record: Rating) -> str:
        return _("Avis du %(day)s") % {"day": day_in_full(record.answered_on)}

    def sections(self, request: HttpRequest, record: Rating) -> Iterable[Section]:
        (one,) = named([record])
        yield Section(
            title=_("Avis"),
            pairs=[
                (_("Parcours"), one.parcours),
                *([] if one.is_whole else [(_capital(record.get_unit_display()), one.heading)]),
                (_("Avis"), record.review),
                (_("Donné le"), record.answered_on),
                (_("Relecture"), record.get_moderation_display()),
                (_("Relu le"), record.moderated_on),
            ],
        )
