"""Letters that anybody may read again."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from clairevoie.newsletter.letters import on_a_page, written
from clairevoie.newsletter.models import Campaign, Picture, published_letters

LETTERS_A_PAGE = 12
_PICTURES = Prefetch("pictures", Picture.objects.defer("content"))


@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """Titles and dates, the latest first."""
    shown = published_letters().only("uuid", "title", "preheader", "language", "sent_at")
    page = Paginator(shown, LETTERS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "newsletter/archive.html", {"letters": page})


@require_safe
def letter(request: HttpRequest, number: UUID) -> HttpResponse:
    """One letter, as its readers got it, without anything of theirs."""
    found = published_letters().prefetch_related("topics", _PICTURES).filter(uuid=number).first()
    if found is None:
        raise Http404
    context = {"letter": found, "body": _body(found)}
    return render(request, "newsletter/letter.html", context)


@require_safe
def picture(request: HttpRequest, number: UUID, name: str) -> HttpResponse:
    """A picture of a letter that anybody may read."""
    shown = Picture.objects.filter(campaign__uuid=number, campaign__public=True, name=name)
    found = shown.first()
    if found is None:
        raise Http404
    answer = picture_response(found)
    answer["Cache-Control"] = "public, max-age=3600"
    return answer


def picture_response(found: Picture) -> HttpResponse:
    """Its bytes; opened by themselves, they run nothing and call nobody."""
    answer = HttpResponse(bytes(found.content), content_type=found.kind)
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _body(letter: Campaign, *, site: str = "") -> str:
    shown = on_a_page(
        letter.pictures.all(),
        address=lambda name: site + reverse("newsletter:picture", args=[letter.uuid, name]),
    )
    return written(letter.body, shown).html


class Letters(Feed):  # type: ignore[type-arg]
    """The last letters, for readers of feeds: another way to follow without an address."""

    feed_type = Atom1Feed
    title = _("Lettre d’information")
    link = "/newsletter/archives/"

    def items(self) -> list[Campaign]:
        return list(published_letters().prefetch_related(_PICTURES)[:LETTERS_A_PAGE])

    def item_title(self, item: Any) -> str:
        return str(item.title)

    def item_description(self, item: Any) -> str:
        return _body(item, site=settings.SITE_URL)

    def item_link(self, item: Any) -> str:
        return reverse("newsletter:letter", args=[item.uuid])

    def item_pubdate(self, item: Any) -> datetime:
        sent: datetime = item.sent_at
        return sent

    def item_updateddate(self, item: Any) -> datetime:
        return self.item_pubdate(item)
