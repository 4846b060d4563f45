"""Every public path of the platform, in French."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("clairevoie.site.urls")),
    path("", include("clairevoie.accounts.urls")),
    path("", include("clairevoie.surveys.urls")),
]
