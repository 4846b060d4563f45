"""``python -m clairevoie`` is the ``clairevoie`` command."""

from clairevoie.config.command_line import main

main()
