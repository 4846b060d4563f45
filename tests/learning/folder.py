"""A small parcours, written the way authors write; tests change one file of it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from PIL import Image

SLUG = "lire-des-chiffres"

_SHEET = """\
title = "Lire des chiffres"
summary = "Comprendre un tableau de données sans se tromper."
audience = "Toute personne curieuse."
level = "débutant"
objectives = ["Lire un tableau", "Calculer une moyenne", "Douter d’un graphique"]
prerequisites = ["Savoir compter"]
price_cents = 0
language = "fr"
licence = "CC BY-SA 4.0"
authors = ["Ada Lovelace"]
topics = ["Données", "Statistiques"]
"""

_CHAPTER = """\
+++
title = "La moyenne"
minutes = 20
+++

Une moyenne est $\\frac{a+b}{2}$.

## Un exemple

![Un carré vert](images/carre.png "Un carré")

Voyez [la suite](02-la-mediane.md#s-definition), et [les chiffres](data/notes.csv).

```python
def moyenne(nombres):
    return sum(nombres) / len(nombres)
```

> [!TIP]
> Comptez toujours combien ils sont.
"""

_EXERCISES = """\
[[exercise]]
id = "moyenne-simple"
kind = "single"
prompt = "Quelle est la moyenne de 2 et 4 ?"
explanation = "2 + 4 = 6, et 6 / 2 = **3**."
choices = [
    { text = "3", right = true },
    { text = "6", why = "C’est la somme." },
]

[[exercise]]
id = "moyenne-nombres"
kind = "numeric"
prompt = "Moyenne de 1, 2 et 6 ?"
explanation = "9 / 3."
answer = 3
tolerance = 0.01
unit = "€"

[[exercise]]
id = "plusieurs"
kind = "multiple"
prompt = "Lesquels sont pairs ?"
explanation = "2 et 4."
choices = [{ text = "2", right = true }, { text = "3" }, { text = "4", right = true }]

[[exercise]]
id = "mot"
kind = "short"
prompt = "Comment nomme-t-on la valeur du milieu ?"
explanation = "La médiane."
answers = ["médiane", "la médiane"]
pattern = "m[ée]dianes?"

[[exercise]]
id = "rang"
kind = "order"
prompt = "Du plus petit au plus grand"
explanation = "On range avant de compter."
items = ["un", "deux", "trois"]

[[exercise]]
id = "trous"
kind = "fill"
prompt = "Complétez."
explanation = "Le **RGPD**."
text = "Le RGPD date de {{2016|deux mille seize}} et s’applique depuis {{2018}}."
"""

_MEDIAN = """\
+++
title = "La médiane"
minutes = 30
summary = "La valeur du milieu."
+++

## Définition

La moitié au-dessus, la moitié au-dessous.
"""

_PROJECT = """\
+++
title = "Décrire un tableau"
minutes = 90
rubric = [
    { criterion = "La moyenne est juste", points = 4, expects = "À 0,1 près." },
    { criterion = "La phrase est claire", points = 6, expects = "Une phrase par chiffre." },
]
files = ["pdf", "ipynb"]
max_megabytes = 10
+++

Prenez un tableau et décrivez-le.
"""


def picture(form: str = "PNG", **saved: object) -> bytes:
    """A green square."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), (10, 102, 80)).save(out, form, **saved)
    return out.getvalue()


def sources(**changed: str | bytes | None) -> dict[str, bytes]:
    """All the files, but for those given (by path, ``__`` for ``/``); None takes one away."""
    files: dict[str, bytes] = {
        "parcours.toml": _SHEET.encode(),
        "01-au-centre/module.toml": 'title = "Au centre"\nsummary = "Résumer."\n'.encode(),
        "01-au-centre/01-la-moyenne.md": _CHAPTER.encode(),
        "01-au-centre/01-la-moyenne.exercices.toml": _EXERCISES.encode(),
        "01-au-centre/02-la-mediane.md": _MEDIAN.encode(),
        "01-au-centre/images/carre.png": picture(),
        "01-au-centre/data/notes.csv": b"note\n12\n14\n",
        "02-autour/module.toml": b'title = "Autour"\nsummary = "Disperser."\n',
        "02-autour/01-l-etendue.md": _MEDIAN.replace("médiane", "étendue").encode(),
        "02-autour/projet.md": _PROJECT.encode(),
    }
    for path, content in changed.items():
        put(files, path, content)
    return files


def put(files: dict[str, bytes], path: str, content: str | bytes | None) -> dict[str, bytes]:
    """The same files with one changed, added or taken away."""
    if content is None:
        del files[path]
    else:
        files[path] = content.encode() if isinstance(content, str) else content
    return files


def with_file(path: str, content: str | bytes | None) -> dict[str, bytes]:
    return put(sources(), path, content)


def replaced(path: str, old: str, new: str) -> dict[str, bytes]:
    """One file edited by its author."""
    files = sources()
    text = files[path].decode()
    assert old in text, f"{old!r} is not in {path}"
    return put(files, path, text.replace(old, new))


def zipped(files: Mapping[str, bytes], *, slug: str = SLUG) -> bytes:
    """The folder as an archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(f"{slug}/{path}", content)
    return out.getvalue()
