from django.urls import URLPattern, URLResolver, path

from clairevoie.audience import views

app_name = "audience"
urlpatterns: list[URLPattern | URLResolver] = [
    path("cookies/comptages/", views.count_me, name="count-me"),
]
