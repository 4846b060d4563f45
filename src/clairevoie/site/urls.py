"""Public pages, in French."""

from django.urls import URLPattern, URLResolver, path

from clairevoie.site import components, pages, policy_pages, wellknown

app_name = "site"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.home, name="home"),
    path("confidentialite/", policy_pages.in_force, name="notice"),
    path("confidentialite/v<int:number>/", policy_pages.archived, name="version"),
    path("confidentialite/v<int:number>/texte/", policy_pages.archived_source, name="source"),
    path("mentions-legales/", pages.legal, name="legal"),
    path("langue/", pages.choose_language, name="set_language"),
    path("gestion/composants/", components.components, name="components"),
    path("sante/", wellknown.health, name="health"),
    path("robots.txt", wellknown.robots, name="robots"),
    path("sitemap.xml", wellknown.sitemap, name="sitemap"),
    path("favicon.ico", wellknown.favicon, name="favicon"),
    path(".well-known/security.txt", wellknown.security_txt, name="security_txt"),
    path(".well-known/gpc.json", wellknown.gpc, name="gpc"),
    path(".well-known/change-password", wellknown.change_password, name="change_password"),
]
