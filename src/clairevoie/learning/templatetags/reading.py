"""What stands on a parcours for the one who reads: ``{% load reading %}``."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from django import template
from django.template import Context
from django.utils.translation import ngettext

from clairevoie.accounts.models import Member
from clairevoie.learning.drawing import wall_of
from clairevoie.learning.models import Candidacy, Parcours, Way
from clairevoie.learning.outline import Outline
from clairevoie.learning.views.doors import followed_by

register = template.Library()


@register.inclusion_tag("learning/reading/wall.html")
def progress_wall(outline: Outline, done: Container[str]) -> dict[str, Any]:
    """The parcours as an openwork wall that fills up: a lozenge a step."""
    rows = [[step.place in done for step in part.steps] for part in outline.parts]
    reached = sum(map(sum, rows))
    label = ngettext("%(n)d étape sur %(total)d", "%(n)d étapes sur %(total)d", reached) % {
        "n": reached,
        "total": len(outline.steps),
    }
    return {"wall": wall_of(rows), "label": label}


@register.inclusion_tag("learning/reading/begin.html", takes_context=True)
def begin(context: Context, parcours: Parcours) -> dict[str, Any]:
    """The way into a parcours, for whoever looks at its page: a query for a member, two where
    one has to ask."""
    request = context.get("request")
    member = getattr(request, "user", None)
    shown = {"parcours": parcours, "csrf_token": context.get("csrf_token"), "Way": Way}
    if not isinstance(member, Member):
        return {**shown, "visitor": True}
    if followed_by(member, parcours.slug) is not None:
        return {**shown, "follows": True}
    if parcours.way in (Way.APPLICATION, Way.CONTRACT):
        asked = Candidacy.including_restricted.filter(
            subject=member.pk, parcours__slug=parcours.slug
        )
        return {**shown, "candidacy": asked.order_by("-id").first()}
    return shown
