"""Where data are, and what for: the policy refuses to start where it contradicts the notice."""

from __future__ import annotations

from pathlib import Path

from clairevoie import policy
from clairevoie.policy.checks import CLAUSES, UNION
from clairevoie.policy.report import reminders
from tests.policy.conftest import refusal, rewrite
from tests.promises import promise


def american() -> list[policy.Recipient]:
    return [
        each
        for each in policy.current().recipients.values()
        if "US" in (*each.countries_stored, *each.countries_transit)
    ]


@promise("P-075")
def test_what_keeps_the_data_of_the_site_is_in_the_union_or_nothing_starts(folder: Path) -> None:
    keepers = [r for r in policy.current().recipients.values() if "P-075" in r.promises]
    assert {"host", "object-storage"} <= {each.code for each in keepers}
    assert all(set(each.countries_stored) <= UNION for each in keepers)

    rewrite(folder / "recipients.toml", "host", "countries-stored", '["US"]')

    assert "host.countries-stored: leaves the Union for US" in refusal(folder)


@promise("P-076")
def test_a_transfer_to_the_united_states_has_its_clauses_or_nothing_starts(folder: Path) -> None:
    assert american()
    assert all(CLAUSES in each.safeguard.lower() for each in american())

    rewrite(folder / "recipients.toml", "webmail", "safeguard", '"Data Privacy Framework"')

    assert "webmail.safeguard: names no « clauses contractuelles types »" in refusal(folder)


@promise("P-077")
def test_a_company_of_the_united_states_does_what_the_notice_lists_or_nothing_starts(
    folder: Path,
) -> None:
    assert all(each.american_service for each in american() if each.active)

    rewrite(folder / "recipients.toml", "webmail", "american-service", '"hébergement vidéo"')

    assert "choose one of answers, payment, commerce" in refusal(folder)


@promise("P-052")
def test_a_contract_is_asked_for_before_data_flow_and_its_review_a_year_later(
    folder: Path,
) -> None:
    recipients = folder / "recipients.toml"
    rewrite(recipients, "brevo", "active", "true")
    assert "brevo.contract-on: is missing: it receives data" in refusal(folder)

    rewrite(recipients, "brevo", "contract-on", "2024-10-01")
    rewrite(recipients, "brevo", "review-due", "2025-10-01")
    signed = policy.load(folder)

    due = signed.recipients["brevo"].review_due
    assert due is not None
    late = reminders(signed, on=due.replace(day=2))
    assert ("brevo.review-due" in {one.key for one in late}) is True
    assert "brevo.review-due" not in {one.key for one in reminders(signed, on=due)}
