"""Grouped by their first word: an address is compared with the others of its group alone."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from clairevoie.learning.views import (
    catalogue,
    cohorts,
    dashboard,
    enrolling,
    exercises,
    files,
    invitations,
    packages,
    preview,
    projects,
    queue,
    ratings,
    reading,
)

_FORMS = "png|jpg|webp|svg|mp4|webm|vtt|csv|json|txt|ipynb"
_Patterns = list[URLPattern | URLResolver]

_learn: _Patterns = [
    path("", reading.parcours, name="learn"),
    path("noter/", ratings.rate, name="rate"),
    path("quitter/", enrolling.leave, name="leave"),
    path("exercices/<slug:code>/", exercises.answer, name="answer"),
    path("paquets/<uuid:number>/<int:rank>/", packages.play, name="play"),
    path("<slug:module>/projet/", projects.project, name="project"),
    path("<slug:module>/projet/message/", projects.remark, name="project-remark"),
    path(
        "<slug:module>/projet/fichiers/<uuid:number>/", projects.document, name="project-document"
    ),
    path("<slug:module>/<slug:chapter>/", reading.chapter, name="read"),
]
_parcours: _Patterns = [
    path("", catalogue.parcours, name="parcours"),
    path("suivre/", enrolling.follow, name="follow"),
    path("demande/", enrolling.ask, name="ask"),
    path("demande/retirer/", enrolling.take_back, name="take-back"),
    path("avis/", ratings.reviews, name="reviews"),
]
_teach: _Patterns = [
    path("", cohorts.sessions, name="formation"),
    path("difficultes/", cohorts.difficulties, name="difficulties"),
    path("sessions/<slug:slug>/", cohorts.cohort, name="cohort"),
    path("corrections/", queue.queue, name="corrections"),
    path("corrections/<uuid:number>/", queue.correction, name="correction"),
    path("corrections/<uuid:number>/message/", queue.remark, name="correction-remark"),
    path(
        "corrections/<uuid:number>/fichiers/<uuid:file>/",
        queue.document,
        name="correction-document",
    ),
]
_mine: _Patterns = [
    path("formations/", dashboard.mine, name="mine"),
    path("formations/motivation/", dashboard.motivation, name="motivation"),
    path("formations/recommandations/", dashboard.recommendations, name="recommendations"),
    path("notes/", ratings.mine, name="ratings"),
    path("notes/<uuid:number>/", ratings.one, name="rating"),
    path("notes/<uuid:number>/publier/", ratings.publish, name="publish-rating"),
    path("notes/<uuid:number>/depublier/", ratings.unpublish, name="unpublish-rating"),
    path("notes/<uuid:number>/retirer/", ratings.remove, name="remove-rating"),
]

_invited: _Patterns = [
    path("<str:token>/", invitations.invitation, name="invitation"),
    path("<str:token>/refuser/", invitations.decline, name="decline"),
]

app_name = "learning"
urlpatterns: _Patterns = [
    path("apprendre/", include([path("<slug:slug>/", include(_learn))])),
    path("catalogue/", catalogue.listing, name="catalogue"),
    path("parcours/", include([path("<slug:slug>/", include(_parcours))])),
    path("formation/", include(_teach)),
    path("mon-compte/", include(_mine)),
    path("invitation/", include(_invited)),
    path(
        "paquets/",
        include([path("<str:key>/<path:path>", packages.package_file, name="package-file")]),
    ),
    path("formats/xapi.schema.json", files.xapi_schema, name="xapi-schema"),
    path(
        "gestion/editions/apercu/",
        include(
            [
                path("<uuid:number>/<int:position>/", preview.chapter, name="preview"),
                path(
                    "<uuid:number>/projet/<int:position>/",
                    preview.project,
                    name="preview-project",
                ),
            ]
        ),
    ),
    re_path(
        rf"^contenus/(?P<fingerprint>[0-9a-f]{{64}})\.(?P<form>{_FORMS})$",
        files.content_file,
        name="file",
    ),
]
