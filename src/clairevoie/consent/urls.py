from django.urls import URLPattern, URLResolver, path

from clairevoie.consent.views import choosing, cookies, keys

app_name = "consent"
urlpatterns: list[URLPattern | URLResolver] = [
    path(".well-known/clairevoie-keys.json", keys.published_keys, name="keys"),
    path("cookies/", cookies.cookies, name="cookies"),
    path("cookies/choix/", choosing.choose_cookies, name="choose-cookies"),
    path("cookies/recu/", cookies.receipt, name="cookie-receipt"),
    path("cookies/apparence/", cookies.choose_appearance, name="choose-appearance"),
]
