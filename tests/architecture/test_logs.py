"""Logs hold codes, counts and UUIDs; never a value that names a person (F.7)."""

from __future__ import annotations

import ast

from tests.architecture.source import dotted, modules, nothing

LOGGERS = ("logger", "log", "logging", "structlog")
LEVELS = ("debug", "info", "warning", "error", "critical", "exception", "log", "bind")
PERSONAL = frozenset(
    {
        *("email", "phone", "pseudo", "address", "raw", "normalised", "first_names", "last_name"),
        *(
            "name",
            "street",
            "town",
            "postcode",
            "ip",
            "user_agent",
            "body",
            "subject_line",
            "text",
        ),
        *("password", "code", "token", "username", "contact"),
    }
)

# file:line content → why it is not personal
EXEMPT: dict[str, str] = {}


def _words(node: ast.Call) -> set[str]:
    """Names, attributes and keywords said in the call."""
    words = {keyword.arg for keyword in node.keywords if keyword.arg}
    for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
        for part in ast.walk(argument):
            if isinstance(part, ast.Attribute):
                words.add(part.attr)
            elif isinstance(part, ast.Name):
                words.add(part.id)
    return words


def test_no_log_line_says_anything_personal() -> None:
    telling = []
    for module in modules():
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            owner = dotted(node.func.value).split(".")[-1].removesuffix("()").lower()
            if owner not in LOGGERS or node.func.attr not in LEVELS:
                continue
            found = sorted(_words(node) & PERSONAL)
            place = f"{module.name}:{node.lineno}"
            if found and place not in EXEMPT:
                telling.append(f"{place} says {', '.join(found)}")

    nothing(telling, mend="log the subject's UUID, a code or a count")


def test_nothing_is_printed() -> None:
    printing = [
        f"{module.name}:{node.lineno}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and dotted(node.func) == "print"
    ]

    nothing(printing, mend="commands write to self.stdout")
