"""Where the demonstration does not come."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from clairevoie.accounts.models import Member
from clairevoie.config.demonstration import loading
from clairevoie.privacy.models import DataSubject
from tests.cast import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def no_notes() -> Iterator[None]:
    """The notes of the demonstration belong to the instance, which tests share."""
    loading.notes_path().unlink(missing_ok=True)
    yield
    loading.notes_path().unlink(missing_ok=True)


def test_it_does_not_come_where_somebody_lives(alice: Person, no_notes: None) -> None:
    with pytest.raises(CommandError, match="n’est pas vide"):
        call_command("demonstration", verbosity=0)

    assert Member.objects.count() == 1


@pytest.mark.parametrize(
    "real",
    [
        {"PRODUCTION": True},
        {"EMAIL_URL": "smtp://relay.example"},
        {"CLAIREVOIE_SMS": "provider.Door"},
    ],
)
def test_it_comes_neither_to_production_nor_near_a_real_provider(
    real: dict[str, object], no_notes: None
) -> None:
    with override_settings(**real), pytest.raises(CommandError, match="production"):
        call_command("demonstration", verbosity=0)

    assert not DataSubject.objects.exists()
    assert not loading.notes_path().exists()


def test_the_code_of_the_moment_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("demonstration", code="")

    assert len(capsys.readouterr().out.strip()) == 6
