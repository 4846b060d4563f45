"""Verification for everybody, « Mes certificats » for each."""

from django.urls import URLPattern, path

from clairevoie.credentials.views import badges, mine, public

app_name = "credentials"
urlpatterns: list[URLPattern] = [
    path("verifier/", public.ask, name="ask"),
    path("verifier/<str:number>/", public.verified, name="verified"),
    path("badges/<str:number>.json", badges.badge, name="badge"),
    path("badges/<str:number>.png", badges.picture, {"kind": "png"}, name="badge-png"),
    path("badges/<str:number>.svg", badges.picture, {"kind": "svg"}, name="badge-svg"),
    path("badges/statut/<int:number>/", badges.badge_status, name="badge-status"),
    path(".well-known/did.json", badges.did, name="did"),
    path("mon-compte/certificats/", mine.mine, name="mine"),
    path("mon-compte/certificats/<str:number>.pdf", mine.document, name="document"),
]
