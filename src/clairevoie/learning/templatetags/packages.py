"""``{% load packages %}{% packages enrolment %}``: what other tools made for a parcours."""

from __future__ import annotations

from typing import Any

from django import template

from clairevoie.learning.models import Chapter, Enrolment, Package, PackageResult
from clairevoie.lib.prepared import Prepared

register = template.Library()

_offered: Prepared[Package] = Prepared(
    lambda slug: (
        Package.objects.filter(parcours__slug=slug)
        .filter(offered=True, placed=False)
        .order_by("pk")
    )
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


@register.inclusion_tag("learning/packages/chapter.html")
def chapter_package(enrolment: Enrolment, chapter: Chapter) -> dict[str, Any]:
    """What another tool made for ``chapter``, with how far this learner is: two queries."""
    number = chapter.package_id
    assert number is not None, "the template asks first"
    package = Package.objects.filter(uuid=number, offered=True).first()
    results = PackageResult.including_restricted.filter(
        enrolment__uuid=enrolment.uuid, package__uuid=number
    )
    done = {result.item: result for result in results}
    rows = [
        (rank, item["title"], done.get(item["id"]))
        for rank, item in enumerate(package.items if package else (), start=1)
    ]
    return {"slug": enrolment.parcours_id, "package": package, "rows": rows}
