from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "clairevoie.site"
