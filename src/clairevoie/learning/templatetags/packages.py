"""``{% load packages %}{% packages enrolment %}``: what other tools made for a parcours."""

from __future__ import annotations

from typing import Any

from django import template

from clairevoie.learning.models import Enrolment, Package, PackageResult
from clairevoie.lib.prepared import Prepared

register = template.Library()

_offered: Prepared[Package] = Prepared(
    lambda slug: Package.objects.filter(parcours__slug=slug, offered=True).order_by("pk")
)


@register.inclusion_tag("learning/packages/list.html")
def packages(enrolment: Enrolment) -> dict[str, Any]:
    """Those that are offered, with how far this learner is: one query, two where there are any."""
    offered = _offered.all(enrolment.parcours_id)
    results = (
        PackageResult.including_restricted.filter(enrolment__uuid=enrolment.uuid)
        if offered
        else ()
    )
    done = {(result.package_id, result.item): result for result in results}
    rows = [
        (package, rank, item["title"], done.get((package.uuid, item["id"])))
        for package in offered
        for rank, item in enumerate(package.items, start=1)
    ]
    return {"slug": enrolment.parcours_id, "rows": rows}
