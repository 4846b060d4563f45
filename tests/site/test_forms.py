"""Fields drawn by hand: Django's widgets to the letter, our components around them."""

from __future__ import annotations

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe

from clairevoie.site.forms import Renderer

HOSTILE = "<b>\"'&</b>"
GROUPS = [("", "–"), ("Europe", [("FR", "France"), ("<", HOSTILE)]), (3, "Three")]


class Everything(forms.Form):
    """One widget of each kind that our forms use."""

    text = forms.CharField(widget=forms.TextInput(attrs={"autofocus": True, "spellcheck": False}))
    email = forms.EmailField()
    phone = forms.CharField(widget=forms.TextInput(attrs={"type": "tel", "title": HOSTILE}))
    number = forms.IntegerField()
    secret = forms.CharField(widget=forms.PasswordInput)
    hidden = forms.CharField(widget=forms.HiddenInput)
    tick = forms.BooleanField(required=False)
    valued = forms.BooleanField(required=False, initial="yes")
    file = forms.FileField()
    essay = forms.CharField(widget=forms.Textarea)
    choice = forms.ChoiceField(choices=GROUPS)
    several = forms.MultipleChoiceField(choices=GROUPS, required=False)
    radio = forms.ChoiceField(choices=GROUPS, widget=forms.RadioSelect)


def lines(field: object) -> list[str]:
    """Blank lines between options tell nobody anything."""
    return [line for line in str(field).splitlines() if line.strip()]


@pytest.mark.parametrize(
    "value", [None, "", HOSTILE, mark_safe("<i>"), 3, "FR", True, ["FR", "<"]]
)
def test_a_widget_is_the_one_that_django_draws(value: object) -> None:
    initial = dict.fromkeys(Everything.base_fields, value)
    ours = Everything(initial=initial, renderer=Renderer())
    djangos = Everything(initial=initial, renderer=DjangoTemplates())

    for field in ours:
        assert lines(field) == lines(djangos[field.name]), field.name


def test_a_list_of_errors_is_the_one_that_django_draws() -> None:
    typed = {"text": "", "email": HOSTILE}
    ours = Everything(typed, renderer=Renderer())
    djangos = Everything(typed, renderer=DjangoTemplates())

    for name in ("email", "text", "tick"):
        assert str(ours[name].errors) == str(djangos[name].errors)


class Contact(forms.Form):
    name = forms.CharField(label=HOSTILE, help_text="as you <em>write</em> it")
    agree = forms.BooleanField(label="Agree")
    day = forms.ChoiceField(choices=[("1", "Monday")], widget=forms.RadioSelect, required=False)
    bare = forms.CharField(label="", required=False)
    trace = forms.CharField(widget=forms.HiddenInput, initial="t")


def test_a_field_tells_its_label_and_help_before_the_widget() -> None:
    drawn = str(Contact())

    assert (
        '<div class="field">\n'
        '<label class="field__label" for="id_name">&lt;b&gt;&quot;&#x27;&amp;&lt;/b&gt;</label>\n'
        '<div class="field__help" id="id_name_helptext">as you <em>write</em> it</div>\n'
        '<input type="text" name="name" required aria-describedby="id_name_helptext" '
        'id="id_name">\n</div>'
    ) in drawn
    assert (
        '<div class="choice"><input type="checkbox" name="agree" required id="id_agree">'
        '<label for="id_agree">Agree</label></div>'
    ) in drawn
    optional = '<span class="field__optional">(facultatif)</span>'
    assert f'<fieldset id="id_day"><legend>Day {optional}</legend>' in drawn
    assert '<div class="field">\n<input type="text" name="bare" id="id_bare">\n</div>' in drawn
    assert drawn.endswith('<input type="hidden" name="trace" value="t" id="id_trace"></div>\n')
    assert "errors" not in drawn
    assert "summary" not in drawn


def test_a_refused_form_says_what_to_correct_on_top_and_at_the_field() -> None:
    form = Contact({"trace": "t", "agree": "on"})
    form.add_error(None, f"{HOSTILE} all in all")

    drawn = str(form)

    assert '<div class="summary" role="alert" tabindex="-1" autofocus>' in drawn
    assert "<li>&lt;b&gt;&quot;&#x27;&amp;&lt;/b&gt; all in all</li>" in drawn
    assert '<li><a href="#id_name">&lt;b&gt;&quot;&#x27;&amp;&lt;/b&gt; – Ce champ' in drawn
    assert '<div class="field field--invalid">' in drawn
    assert '<ul class="field__errors" id="id_name_error"><li>Ce champ' in drawn
    assert 'aria-invalid="true" aria-describedby="id_name_helptext id_name_error"' in drawn
