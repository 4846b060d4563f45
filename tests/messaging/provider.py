"""A provider that the organisation wrote into its policy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from clairevoie.policy.reader import DEFAULT


def sign_with(recipient: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Serve a policy, copied below ``folder``, in which ``recipient`` has its contract."""
    policy = Path(shutil.copytree(DEFAULT, folder / "policy"))
    recipients = policy / "recipients.toml"
    before, row = recipients.read_text().split(f"[{recipient}]")
    signed = "contract-on = 2026-11-02\nreview-due = 2027-11-02\nactive = true"
    row = row.replace("active            = false", signed, 1)
    recipients.write_text(f"{before}[{recipient}]{row}")
    monkeypatch.setenv("CLAIREVOIE_POLICY", str(policy))
