"""How every form of the platform is drawn: fields in our components, errors on top.

By hand rather than with templates: a field took eight of them, and a form of five fields three
times as long as the page around it. The widgets are Django's own, to the letter.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.forms import BaseForm, BoundField, CheckboxInput
from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _


class Renderer(TemplatesSetting):
    """``{{ form }}`` and ``{{ field.as_field_group }}``; other widgets keep their templates."""

    form_template_name = "clairevoie/form"
    field_template_name = "clairevoie/field"

    def render(
        self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None
    ) -> SafeString:
        draw = _DRAWN.get(template_name)
        drawn = draw(context) if draw else super().render(template_name, context, request)
        return mark_safe(drawn)  # noqa: S308  # each function below escapes what it is given


def escape(value: object) -> str:
    """As ``conditional_escape``, which spends its time on results that stay lazy."""
    text = str(value)
    return text if isinstance(text, SafeString) else html.escape(text)


# --- Forms and fields -------------------------------------------------------------------------


def _form(context: Mapping[str, Any]) -> str:
    form: BaseForm = context["form"]
    fields: list[BoundField] = [field for field, _errors in context["fields"]]
    summary = _summary(context["errors"], fields) if form.errors else ""
    groups = "".join(field.as_field_group() for field in fields)
    hidden = "".join(str(field) for field in context["hidden_fields"])
    return f'<div class="fields">\n{summary}{groups}\n{hidden}</div>\n'


def _summary(errors: Iterable[Any], fields: Iterable[BoundField]) -> str:
    """What is to correct, each leading to its field."""
    lines = [f"<li>{escape(error)}</li>" for error in errors]
    for field in fields:
        target = escape(field.id_for_label or field.auto_id)
        problems: Iterable[Any] = field.errors
        for problem in problems:
            said = f"{escape(field.label)} – {escape(problem)}"
            lines.append(f'<li><a href="#{target}">{said}</a></li>')
    return (
        '<div class="summary" role="alert" tabindex="-1" autofocus>\n'
        f'  <p class="summary__title">{escape(_("Quelque chose est à corriger"))}</p>\n'
        f"  <ul>{''.join(lines)}</ul>\n</div>\n"
    )


def _field(context: Mapping[str, Any]) -> str:
    """The label, the help and the errors before the widget; a tick box before its label."""
    field: BoundField = context["field"]
    errors = field.errors
    marks = ("field", "field--invalid" if errors else "", field.css_classes())
    kind = escape(" ".join(mark for mark in marks if mark))
    about = _help(field) + (_errors(field, errors) if errors else "")
    if isinstance(field.field.widget, CheckboxInput):
        drawn = (
            f'<div class="choice">{field}<label for="{escape(field.id_for_label)}">'
            f"{escape(field.label)}</label></div>\n{about}"
        )
    elif field.use_fieldset:
        about_it = escape(field.aria_describedby or "")
        described = f' aria-describedby="{about_it}"' if about_it else ""
        drawn = (
            f'<fieldset id="{escape(field.auto_id)}"{described}>'
            f"<legend>{_label(field)}</legend>\n{about}{field}</fieldset>\n"
        )
    elif field.label:
        target = escape(field.id_for_label)
        label = f'<label class="field__label" for="{target}">{_label(field)}</label>\n'
        drawn = f"{label}{about}{field}\n"
    else:
        drawn = f"{about}{field}\n"
    return f'<div class="{kind}">\n{drawn}</div>'


def _label(field: BoundField) -> str:
    if field.field.required:
        return escape(field.label)
    optional = escape(_("(facultatif)"))
    return f'{escape(field.label)} <span class="field__optional">{optional}</span>'


def _help(field: BoundField) -> str:
    """Written by us, markup included."""
    if not field.help_text:
        return ""
    name = escape(f"{field.auto_id}_helptext")
    return f'<div class="field__help" id="{name}">{field.help_text}</div>\n'


def _errors(field: BoundField, errors: Iterable[Any]) -> str:
    lines = "".join(f"<li>{escape(error)}</li>" for error in errors)
    return f'<ul class="field__errors" id="{escape(field.auto_id)}_error">{lines}</ul>\n'


def _error_list(context: Mapping[str, Any]) -> str:
    """Django draws the errors of each field, mostly none, even where nobody shows them."""
    errors = context["errors"]
    if not errors:
        return ""
    lines = "".join(f"<li>{escape(error)}</li>" for error in errors)
    name = f' id="{escape(errors.field_id)}_error"' if errors.field_id else ""
    return f'<ul class="{escape(context["error_class"])}"{name}>{lines}</ul>'


# --- Widgets ------------------------------------------------------------------------------------


def _input(context: Mapping[str, Any]) -> str:
    widget = context["widget"]
    value = "" if widget["value"] is None else f' value="{escape(widget["value"])}"'
    name = f'type="{escape(widget["type"])}" name="{escape(widget["name"])}"'
    return f"<input {name}{value}{_attributes(widget)}>"


def _textarea(context: Mapping[str, Any]) -> str:
    widget = context["widget"]
    text = escape(widget["value"] or "")
    return f'<textarea name="{escape(widget["name"])}"{_attributes(widget)}>\n{text}</textarea>'


def _select(context: Mapping[str, Any]) -> str:
    widget = context["widget"]
    lines = []
    for group, options, _index in widget["optgroups"]:
        drawn = "".join(f"\n  {_option(option)}" for option in options)
        if group:
            drawn = f'\n  <optgroup label="{escape(group)}">{drawn}\n  </optgroup>'
        lines.append(drawn)
    name = escape(widget["name"])
    return f'<select name="{name}"{_attributes(widget)}>{"".join(lines)}\n</select>'


def _option(option: Mapping[str, Any]) -> str:
    label = escape(option["label"])
    return f'<option value="{escape(option["value"])}"{_attributes(option)}>{label}</option>'


def _attributes(widget: Mapping[str, Any]) -> str:
    return "".join(
        f" {escape(name)}" if value is True else f' {escape(name)}="{escape(value)}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )


_INPUTS = ("text", "email", "tel", "number", "password", "hidden", "checkbox", "file")
_DRAWN: dict[str, Callable[[Mapping[str, Any]], str]] = {
    Renderer.form_template_name: _form,
    Renderer.field_template_name: _field,
    "django/forms/errors/list/default.html": _error_list,
    "django/forms/widgets/textarea.html": _textarea,
    "django/forms/widgets/select.html": _select,
    **{f"django/forms/widgets/{kind}.html": _input for kind in _INPUTS},
}
