"""Public pages, in French."""

from django.urls import URLPattern, URLResolver, path

from clairevoie.site import pages

app_name = "site"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.home, name="home"),
    path("confidentialite/", pages.home, name="notice"),
    path("mentions-legales/", pages.home, name="legal"),
    path("langue/", pages.choose_language, name="set_language"),
]
