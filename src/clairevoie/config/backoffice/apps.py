"""Puts our site in the place of Django's."""

from django.contrib.admin.apps import AdminConfig


class BackOfficeConfig(AdminConfig):
    """``django.contrib.admin`` with the back office as its only site."""

    default_site = "clairevoie.config.backoffice.site.BackOffice"
