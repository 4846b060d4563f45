from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "clairevoie.config"
