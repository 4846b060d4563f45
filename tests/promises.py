"""``@promise("P-088")`` binds a test to the promise it proves (policy/promises.toml)."""

from __future__ import annotations

import pytest


def promise(*codes: str) -> pytest.MarkDecorator:
    """Mark a test as the proof of one or several promises: ``@promise("P-086", "P-087")``."""
    return pytest.mark.promise(*codes)
