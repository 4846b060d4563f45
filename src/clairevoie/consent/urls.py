from django.urls import URLPattern, URLResolver, path

from clairevoie.consent.views import cookies

app_name = "consent"
urlpatterns: list[URLPattern | URLResolver] = [
    path("cookies/", cookies.cookies, name="cookies"),
    path("cookies/choix/", cookies.choose_cookies, name="choose-cookies"),
    path("cookies/recu/", cookies.receipt, name="cookie-receipt"),
    path("cookies/apparence/", cookies.choose_appearance, name="choose-appearance"),
]
