"""What an author writes, and what a reader gets: nothing else."""

from __future__ import annotations

import pytest

from clairevoie.newsletter.letters import Image, images_in, links_of, written


def test_markdown_becomes_html_and_text_with_whole_addresses() -> None:
    body = "## Titre\n\nUn [lien](/newsletter/) et **gras**.\n\n- un\n- deux\n\n1. premier"

    letter = written(body)

    assert "<h2>Titre</h2>" in letter.html
    assert 'href="http://127.0.0.1:8000/newsletter/"' in letter.html
    assert "Un lien (http://127.0.0.1:8000/newsletter/) et gras." in letter.text


def test_plain_text_reads_like_a_letter() -> None:
    body = (
        "Bonjour,\nvoici.\n\n## Dates\n\n- lundi\n- mardi,\n  à midi\n    1. un\n    2. deux\n\n"
        "> Citation\n\nFin.\n\n---\n\n```\ncode\n```"
    )

    assert written(body).text == (
        "Bonjour,\nvoici.\n\nDates\n-----\n\n– lundi\n– mardi,\n  à midi\n  1. un\n  2. deux\n\n"
        "> Citation\n\nFin.\n\n* * *\n\ncode"
    )


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[clic](javascript:alert(1))",
        "[clic](data:text/html;base64,PHNjcmlwdD4=)",
        '<iframe src="https://exemple.fr"></iframe>',
        '<a href="https://exemple.fr" style="position:fixed">x</a>',
        "<style>body{display:none}</style>",
    ],
)
def test_nothing_that_runs_or_watches_passes(attack: str) -> None:
    html = written(attack).html

    for live in ("<script", "<img", "<iframe", "<style", 'href="javascript', 'href="data'):
        assert live not in html


def test_a_picture_is_known_by_its_name_and_its_words() -> None:
    body = "![Une *belle* salle](salle.jpg)\n\n[![b](https://suivi.exemple.fr/é.gif)](/x/) ![](c)"

    assert images_in(body) == [
        Image("salle.jpg", "Une belle salle"),
        Image("https://suivi.exemple.fr/é.gif", "b"),
        Image("c", ""),
    ]


def test_a_picture_that_is_not_joined_is_words() -> None:
    letter = written('Voici ![la "salle" <b>](https://suivi.exemple.fr/p.gif).')

    assert letter.html == '<p>Voici [la "salle" &lt;b&gt;].</p>\n'
    assert letter.text == 'Voici [la "salle" <b>].'


def test_links_leave_as_they_were_written() -> None:
    assert links_of("[a](https://exemple.fr/?a=1&b=2) <https://exemple.org>") == [
        "https://exemple.fr/?a=1&b=2",
        "https://exemple.org",
    ]
