"""``python -m clairevoie.config.web``: granian, whose workers share a platform loaded once.

Loading takes a second of processor: each worker did it for itself, both at the same time, while
the first reader waited. The arguments are granian's own.
"""

from __future__ import annotations

import gc
import sys
from importlib import import_module

from granian import cli


def load() -> None:
    """Import what a worker needs. No connection is opened here: a fork cannot share one."""
    gc.disable()  # nothing of what is imported is ever thrown away
    import_module("clairevoie.config.wsgi")
    import_module("clairevoie.config.urls")
    gc.freeze()
    gc.enable()


if __name__ == "__main__":
    load()
    sys.exit(cli.entrypoint())  # type: ignore[no-untyped-call]
