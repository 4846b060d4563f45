"""What the documents say is so: trees, commands, links, samples."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class
from django.core.management.base import CommandError

from tests.architecture.source import REPOSITORY, SOURCE, modules, nothing, tracked

# What people read on the site is no document about the program.
PRINTED = ("policy/", "content/")
DOCUMENTS = [name for name in tracked() if name.endswith(".md") and not name.startswith(PRINTED)]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]+`")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def _blocks(document: str, language: str) -> list[str]:
    text = (REPOSITORY / document).read_text()
    return [body for kind, body in FENCE.findall(text) if kind == language]


def _tree() -> list[str]:
    """Folders of ARCHITECTURE.md's tree, by their paths."""
    inside, paths = "", []
    for line in _blocks("ARCHITECTURE.md", "")[0].splitlines():
        name = line.split()[0]
        if not line.startswith(" "):
            inside = name
        paths.append(name if name == inside else inside + name)
    return paths


def test_the_tree_of_architecture_is_the_real_one() -> None:
    described = _tree()
    apps = {f"src/clairevoie/{path.parent.name}/" for path in SOURCE.glob("*/__init__.py")}
    top = {name.split("/")[0] + "/" for name in tracked() if "/" in name}
    hidden = {"tests/", ".ci/"}

    nothing(
        (path for path in described if not (REPOSITORY / path).is_dir()),
        mend="ARCHITECTURE.md describes folders that do not exist",
    )
    nothing(apps - set(described), mend="ARCHITECTURE.md says nothing of these apps")
    nothing(
        (t for t in top - hidden if not any(path.startswith(t) for path in described)),
        mend="ARCHITECTURE.md says nothing of these folders",
    )


def test_the_ladder_of_architecture_is_the_one_enforced() -> None:
    rungs = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    layers = rungs["tool"]["importlinter"]["contracts"][0]["layers"]

    assert _blocks("ARCHITECTURE.md", "")[1].splitlines() == layers


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document: str) -> None:
    folder = (REPOSITORY / document).parent
    nothing(
        (
            link
            for link in LINK.findall(CODE.sub("", (REPOSITORY / document).read_text()))
            if "://" not in link
            and not link.startswith("mailto:")
            and not (folder / link).exists()
        ),
        mend=f"dead links in {document}",
    )


def _commands(document: str) -> list[list[str]]:
    """Every line of shell of a document, without comments and environment."""
    lines = [line for block in _blocks(document, "sh") for line in block.splitlines()]
    text = (REPOSITORY / document).read_text()
    spoken = re.findall(r"`((?:\.venv/bin/|script/|clairevoie )[^`]*)`", text)
    parsed = [shlex.split(line, comments=True) for line in [*lines, *spoken]]
    return [
        [word for word in words if not re.match(r"[A-Z_]+=", word)] for words in parsed if words
    ]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_documented_commands_exist_and_take_these_arguments(document: str) -> None:
    wrong = []
    for words in _commands(document):
        program, arguments = Path(words[0]).name, words[1:]
        if words[0].startswith("script/"):
            path = REPOSITORY / words[0]
            if not (path.is_file() and path.stat().st_mode & 0o111):
                wrong.append(words[0])
        elif program == "clairevoie" and arguments and not _is_accepted(arguments):
            wrong.append(shlex.join(words))

    nothing(wrong, mend=f"{document} shows commands that do not exist")


def _is_accepted(arguments: list[str]) -> bool:
    """The command exists and its parser takes the arguments; « … » and N stand for anything."""
    name, rest = arguments[0], arguments[1:]
    apps = get_commands()
    if name not in apps:
        return False
    if any(re.search(r"[…\[\]|]|^[A-Z_]+$", word) for word in rest):
        return True
    command = load_command_class(apps[name], name)
    try:
        command.create_parser("clairevoie", name).parse_args(rest)
    except SystemExit as told:  # --help
        return told.code == 0
    except CommandError as refusal:  # prose may name a command without its arguments
        return "arguments are required" in str(refusal)
    return True


def test_scripts_run_and_say_what_they_are_for() -> None:
    silent = []
    for name in tracked():
        if name.startswith("script/"):
            path = REPOSITORY / name
            lines = path.read_text().splitlines()
            if not path.stat().st_mode & 0o111 or not lines[1].startswith("# "):
                silent.append(name)

    nothing(silent, mend="executable, with a sentence on the second line")


def test_decisions_are_numbered_once_and_give_their_reason() -> None:
    files = sorted((REPOSITORY / "docs" / "decisions").glob("*.md"))
    numbers = [path.name[:4] for path in files]

    assert len(set(numbers)) == len(numbers), "two decisions with one number"
    nothing(
        (path.name for path in files if not re.match(r"# \d{4}\W", path.read_text())),
        mend="a decision starts with « # 0001. What was decided »",
    )


def test_the_lock_for_pip_is_the_lock_of_uv() -> None:
    """``requirements.lock`` holds exactly the versions of ``uv.lock`` that serving needs."""
    locked = {
        package["name"]: package["version"]
        for package in tomllib.loads((REPOSITORY / "uv.lock").read_text())["package"]
        if "version" in package
    }
    for name in ("requirements.lock", "requirements-dev.lock"):
        pinned = re.findall(
            r"^([\w.-]+)==([^ ;\\]+)", (REPOSITORY / name).read_text(), re.MULTILINE
        )
        assert pinned
        nothing(
            (
                f"{package}=={version}"
                for package, version in pinned
                if locked.get(package) != version
            ),
            mend=f"{name} is old: script/lock",
        )


def test_every_variable_of_the_environment_is_documented() -> None:
    read = re.compile(r"""(?:env\.\w+|environ\.get|environ\.setdefault)\(\s*f?"([A-Z_]+)\"""")
    settings = "".join(module.text for module in modules())
    wanted = {*read.findall(settings), "CLAIREVOIE_SECRET", "CLAIREVOIE_PEPPER"}
    told = (REPOSITORY / "docs" / "how-to" / "run-it-for-real.md").read_text()

    nothing(
        sorted(
            name for name in wanted - {"DJANGO_SETTINGS_MODULE"} if f"| `{name}` |" not in told
        ),
        mend="say in docs/how-to/run-it-for-real.md what these choose",
    )
