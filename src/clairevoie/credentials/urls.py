"""Verification for everybody, « Mes certificats » for each."""

from django.urls import URLPattern, path

from clairevoie.credentials.views import mine, public

app_name = "credentials"
urlpatterns: list[URLPattern] = [
    path("verifier/", public.ask, name="ask"),
    path("verifier/<str:number>/", public.verified, name="verified"),
    path("mon-compte/certificats/", mine.mine, name="mine"),
    path("mon-compte/certificats/<str:number>.pdf", mine.document, name="document"),
]
