"""How every form of the platform is drawn."""

from __future__ import annotations

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """``{{ form }}`` and ``{{ field.as_field_group }}`` in our components, errors on top."""

    form_template_name = "components/form_fields.html"
    field_template_name = "components/field.html"
