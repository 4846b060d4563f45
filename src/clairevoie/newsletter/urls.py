from django.urls import URLPattern, URLResolver, path

from clairevoie.newsletter.views import archive, subscribers

app_name = "newsletter"
urlpatterns: list[URLPattern | URLResolver] = [
    path("newsletter/", subscribers.subscribe, name="subscribe"),
    path("newsletter/demande/", subscribers.asked, name="asked"),
    path("newsletter/confirmer/<str:token>/", subscribers.confirm, name="confirm"),
    path("newsletter/confirmer/<str:token>/parent/", subscribers.ask_a_parent, name="parent"),
    path("newsletter/preferences/<str:token>/", subscribers.preferences, name="preferences"),
    path("newsletter/arret/", subscribers.stopped, name="stopped"),
    path("newsletter/archives/", archive.letters, name="archive"),
    path("newsletter/archives/flux.xml", archive.Letters(), name="feed"),
    path("newsletter/archives/<uuid:number>/", archive.letter, name="letter"),
    path("newsletter/archives/<uuid:number>/images/<str:name>", archive.picture, name="picture"),
    path("mon-compte/lettre/", subscribers.mine, name="mine"),
]
