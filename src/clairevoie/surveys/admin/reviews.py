"""The room of reviews to publish: somebody reads each one again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from clairevoie.lib import calendar
from clairevoie.privacy.backoffice import Deed, ReadOnlyAdmin, Section, author
from clairevoie.surveys import actions
from clairevoie.surveys.models import Answer, answers_whose_publication_is_agreed


def _accept(request: HttpRequest, answer: Answer, _answers: dict[str, Any]) -> str:
    actions.moderate(answer=answer, accepted=True, moderator=author(request), at=calendar.now())
    return _("L’avis est publié.")


def _refuse(request: HttpRequest, answer: Answer, _answers: dict[str, Any]) -> str:
    actions.moderate(answer=answer, accepted=False, moderator=author(request), at=calendar.now())
    return _("L’avis ne sera pas publié.")


def _words(answer: Answer) -> Sequence[Section]:
    return [Section(title=_("Avis"), pairs=[(_("Avis"), answer.review)])]


@admin.register(Answer)
class ReviewRoom(ReadOnlyAdmin):
    """Reviews that their authors agreed to publish, to be read again by somebody."""

    room = "avis"
    title = gettext_lazy("Avis à publier")
    key = "uuid"
    one, many = gettext_lazy("avis"), pgettext_lazy("plusieurs", "avis")
    introduction = gettext_lazy(
        "Les avis dont l’auteur accepte la publication. Relisez chacun : il ne doit nommer "
        "personne. Sans accord, un avis n’apparaît pas ici."
    )
    empty = gettext_lazy("Aucun avis à publier. Ils arrivent dès qu’un auteur donne son accord.")
    list_display = ("survey", "answered_on", "moderation", "moderated_on")
    list_filter = ("moderation",)
    list_select_related = ("survey",)
    ordering = ("-answered_on", "-id")
    deeds: ClassVar[Sequence[Deed]] = (
        Deed(
            slug="publier",
            label=gettext_lazy("Publier cet avis"),
            permission="surveys.moderate",
            explains=gettext_lazy("Il apparaîtra sur la page « Satisfaction », signé du pseudo."),
            perform=_accept,
            about=lambda answer: answer.review,
            describe=_words,
            refusals=(actions.ReviewChanged,),
            possible=lambda answer: answer.moderation != Answer.Moderation.ACCEPTED,
        ),
        Deed(
            slug="refuser",
            label=gettext_lazy("Ne pas publier cet avis"),
            permission="surveys.moderate",
            explains=gettext_lazy(
                "Il reste privé ; la réponse compte toujours dans les chiffres."
            ),
            perform=_refuse,
            about=lambda answer: answer.review,
            describe=_words,
            refusals=(actions.ReviewChanged,),
            possible=lambda answer: answer.moderation != Answer.Moderation.REFUSED,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Answer]:
        return answers_whose_publication_is_agreed().select_related("survey", "subject")

    def sections(self, request: HttpRequest, record: Answer) -> Iterable[Section]:
        yield Section(
            title=_("Avis"),
            pairs=[
                (_("Formation"), record.survey.training),
                (_("Avis"), record.review),
                (_("Répondu le"), record.answered_on),
                (_("Relecture"), record.get_moderation_display()),
                (_("Relu le"), record.moderated_on),
            ],
        )
