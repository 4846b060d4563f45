from django.urls import URLPattern, URLResolver, path, re_path

from clairevoie.learning.views import (
    catalogue,
    cohorts,
    dashboard,
    enrolling,
    exercises,
    files,
    packages,
    preview,
    projects,
    queue,
    ratings,
    reading,
)

_FORMS = "png|jpg|webp|svg|mp4|webm|vtt|csv|json|txt|ipynb"

app_name = "learning"
urlpatterns: list[URLPattern | URLResolver] = [
    path("catalogue/", catalogue.listing, name="catalogue"),
    path("parcours/<slug:slug>/", catalogue.parcours, name="parcours"),
    path("formation/", cohorts.sessions, name="formation"),
    path("formation/difficultes/", cohorts.difficulties, name="difficulties"),
    path("formation/sessions/<slug:slug>/", cohorts.cohort, name="cohort"),
    path("formation/corrections/", queue.queue, name="corrections"),
    path("formation/corrections/<uuid:number>/", queue.correction, name="correction"),
    path("formation/corrections/<uuid:number>/message/", queue.remark, name="correction-remark"),
    path(
        "formation/corrections/<uuid:number>/fichiers/<uuid:file>/",
        queue.document,
        name="correction-document",
    ),
    path("parcours/<slug:slug>/suivre/", enrolling.follow, name="follow"),
    path("parcours/<slug:slug>/demande/", enrolling.ask, name="ask"),
    path("parcours/<slug:slug>/demande/retirer/", enrolling.take_back, name="take-back"),
    path("invitation/<str:token>/", enrolling.invitation, name="invitation"),
    path("parcours/<slug:slug>/avis/", ratings.reviews, name="reviews"),
    path("mon-compte/formations/", dashboard.mine, name="mine"),
    path("mon-compte/formations/motivation/", dashboard.motivation, name="motivation"),
    path(
        "mon-compte/formations/recommandations/",
        dashboard.recommendations,
        name="recommendations",
    ),
    path("mon-compte/notes/", ratings.mine, name="ratings"),
    path("mon-compte/notes/<uuid:number>/", ratings.one, name="rating"),
    path("mon-compte/notes/<uuid:number>/publier/", ratings.publish, name="publish-rating"),
    path("mon-compte/notes/<uuid:number>/depublier/", ratings.unpublish, name="unpublish-rating"),
    path("mon-compte/notes/<uuid:number>/retirer/", ratings.remove, name="remove-rating"),
    path("apprendre/<slug:slug>/noter/", ratings.rate, name="rate"),
    path("apprendre/<slug:slug>/", reading.parcours, name="learn"),
    path("apprendre/<slug:slug>/quitter/", enrolling.leave, name="leave"),
    path("apprendre/<slug:slug>/exercices/<slug:code>/", exercises.answer, name="answer"),
    path("apprendre/<slug:slug>/paquets/<uuid:number>/<int:rank>/", packages.play, name="play"),
    path("paquets/<str:key>/<path:path>", packages.package_file, name="package-file"),
    path("apprendre/<slug:slug>/<slug:module>/projet/", projects.project, name="project"),
    path(
        "apprendre/<slug:slug>/<slug:module>/projet/message/",
        projects.remark,
        name="project-remark",
    ),
    path(
        "apprendre/<slug:slug>/<slug:module>/projet/fichiers/<uuid:number>/",
        projects.document,
        name="project-document",
    ),
    path("apprendre/<slug:slug>/<slug:module>/<slug:chapter>/", reading.chapter, name="read"),
    path("formats/xapi.schema.json", files.xapi_schema, name="xapi-schema"),
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
