"""The one line that a third-party measure adds to a page, where every lock is open."""

from __future__ import annotations

from django import template
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from clairevoie.audience.ga import tag_for
from clairevoie.audience.withdrawing import said_no

register = template.Library()


@register.simple_tag(takes_context=True)
def third_party_measure(context: Context) -> SafeString:
    """The script of Google Analytics, or nothing: nothing is the rule."""
    request = context.get("request")
    tag = tag_for(request) if request is not None else None
    if tag is None:
        return SafeString()
    return format_html(
        '<script src="{}" data-tag="{}" data-page="{}" defer></script>',
        static("audience/ga.js"),
        tag.property,
        tag.page,
    )


@register.simple_tag(takes_context=True)
def counted(context: Context) -> str:
    """Whether this reader is counted: ``yes``, ``no``, or ``gpc`` where the browser says no."""
    request = context["request"]
    if request.headers.get("Sec-GPC") == "1":
        return "gpc"
    return "no" if said_no(request) else "yes"
