"""« Mes données »: a copy in one click, for the person alone, for fourteen days."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clairevoie import privacy
from clairevoie.accounts.actions.copies import ask_copy, delete_copy
from clairevoie.accounts.views.guards import at_most, member_of, own_page, page, sure_of_person
from clairevoie.lib import calendar
from clairevoie.privacy.models import ExportPack


@require_http_methods(["GET", "POST"])
@own_page
@sure_of_person
@at_most("6/h/user")
def my_data(request: HttpRequest) -> HttpResponse:
    """Ask for a copy, find the previous ones."""
    member = member_of(request)
    if request.method == "POST":
        try:
            ask_copy(member=member, at=calendar.now())
        except privacy.SubjectErased as gone:
            raise Http404 from gone  # there is nobody any more
        messages.success(request, _("Votre copie est prête."))
        return redirect("accounts:data")
    live = ExportPack.including_restricted.filter(
        subject=member.pk, expires_on__gte=calendar.today()
    )
    return page(request, "data", section="data", packs=live.order_by("-made_at"))


@require_GET
@own_page
def copy_file(request: HttpRequest, token: UUID) -> HttpResponseBase:
    """The file, to the person it is about; to anybody else it does not exist."""
    pack = get_object_or_404(
        ExportPack.including_restricted,
        token=token,
        subject=request.user.pk,
        expires_on__gte=calendar.today(),
    )
    try:
        content = pack.file.open("rb")
    except FileNotFoundError as gone:
        raise Http404 from gone
    made_on = calendar.paris_date(pack.made_at)
    return FileResponse(
        content,
        as_attachment=True,
        filename=f"mes-donnees-{made_on.isoformat()}.zip",
        content_type="application/zip",
        headers={"X-Content-Type-Options": "nosniff"},
    )


@require_POST
@own_page
def forget_copy(request: HttpRequest, token: UUID) -> HttpResponse:
    """Delete a copy before its term."""
    try:
        delete_copy(member=member_of(request), token=token, at=calendar.now())
    except ExportPack.DoesNotExist as stranger:
        raise Http404 from stranger
    messages.success(request, _("La copie est supprimée."))
    return redirect("accounts:data")
