"""Every public path of the platform, in French."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    # First: grouped by prefixes, it costs the others little, and is read most.
    path("", include("clairevoie.learning.urls")),
    path("", include("clairevoie.site.urls")),
    path("", include("clairevoie.accounts.urls")),
    path("", include("clairevoie.consent.urls")),
    path("", include("clairevoie.messaging.urls")),
    path("", include("clairevoie.credentials.urls")),
    path("", include("clairevoie.surveys.urls")),
    path("", include("clairevoie.newsletter.urls")),
    path("", include("clairevoie.audience.urls")),
    path("gestion/", admin.site.urls),
]

handler400 = "clairevoie.site.failures.bad_request"
handler403 = "clairevoie.site.failures.forbidden"
handler404 = "clairevoie.site.failures.not_found"
handler500 = "clairevoie.site.failures.broken"
handler429 = "clairevoie.accounts.views.journeys.too_many"  # allauth asks for it
