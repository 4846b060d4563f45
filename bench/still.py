"""An answer that costs nothing: what ``bench.crowd`` waits for is then the machine and itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

BODY = b"<p>\xe2\x80\xa6</p>" * 2000  # about as long as a page


def application(
    _environ: dict[str, Any], start_response: Callable[[str, list[tuple[str, str]]], object]
) -> Iterable[bytes]:
    headers = [("Content-Type", "text/html"), ("Content-Length", str(len(BODY)))]
    start_response("200 OK", headers)
    return [BODY]
