from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "clairevoie.privacy"
