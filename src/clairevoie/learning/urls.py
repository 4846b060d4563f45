from django.urls import URLPattern, URLResolver, path, re_path

from clairevoie.learning.views import catalogue, cohorts, enrolling, files, preview, reading

_FORMS = "png|jpg|webp|svg|mp4|webm|vtt|csv|json|txt|ipynb"

app_name = "learning"
urlpatterns: list[URLPattern | URLResolver] = [
    path("catalogue/", catalogue.listing, name="catalogue"),
    path("parcours/<slug:slug>/", catalogue.parcours, name="parcours"),
    path("formation/", cohorts.sessions, name="formation"),
    path("formation/sessions/<slug:slug>/", cohorts.cohort, name="cohort"),
    path("parcours/<slug:slug>/suivre/", enrolling.follow, name="follow"),
    path("apprendre/<slug:slug>/", reading.parcours, name="learn"),
    path("apprendre/<slug:slug>/quitter/", enrolling.leave, name="leave"),
    path("apprendre/<slug:slug>/<slug:module>/<slug:chapter>/", reading.chapter, name="read"),
    path("gestion/editions/apercu/<uuid:number>/<int:position>/", preview.chapter, name="preview"),
    path(
        "gestion/editions/apercu/<uuid:number>/projet/<int:position>/",
        preview.project,
        name="preview-project",
    ),
    re_path(
        rf"^contenus/(?P<fingerprint>[0-9a-f]{{64}})\.(?P<form>{_FORMS})$",
        files.content_file,
        name="file",
    ),
]
