from django.urls import URLPattern, URLResolver, path

from clairevoie.surveys.views import public, respondents

app_name = "surveys"
urlpatterns: list[URLPattern | URLResolver] = [
    path("satisfaction/", public.satisfaction, name="satisfaction"),
    path("avis/<str:token>/", respondents.answer, name="answer"),
    path("avis/<str:token>/merci/", respondents.thanks, name="thanks"),
    path("avis/<str:token>/publier/", respondents.publish, name="publish"),
    path("avis/<str:token>/depublier/", respondents.unpublish, name="unpublish"),
    path("avis/<str:token>/retirer/", respondents.withdraw, name="withdraw"),
    path("avis/<str:token>/arreter/", respondents.stop, name="stop"),
    path("avis/<str:token>/reprendre/", respondents.resume, name="resume"),
]
