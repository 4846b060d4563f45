from django.urls import URLPattern, URLResolver, path

from clairevoie.messaging import views

app_name = "messaging"
urlpatterns: list[URLPattern | URLResolver] = [
    path("desinscription/<str:token>/", views.unsubscribe_page, name="unsubscribe"),
    path("retours/messagerie/", views.provider_reports, name="provider_reports"),
]
