"""Templates whose constants are worked out once: sentences, addresses, static files.

Most of the time of a page went into translating the same sentences and reversing the same
addresses for each reader. A sentence depends on the language, the address of a page without
arguments on the URLconf and its prefix, a static file on nothing: each run of constants, with the
text between them, becomes one node that remembers what it said by what it depends on.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from django.template import Context
from django.template.base import FilterExpression, Node, NodeList, Template, TextNode, Variable
from django.template.defaulttags import CommentNode, IfNode, LoadNode, URLNode
from django.template.loaders import cached
from django.templatetags.i18n import TranslateNode
from django.templatetags.static import StaticNode
from django.urls import get_script_prefix, get_urlconf
from django.utils.translation import get_language

Key = Callable[[], Hashable]


class Steady(Node):
    """Nodes whose text is the same for all readers who share the keys."""

    child_nodelists = ()

    def __init__(self, nodes: list[Node], keys: list[Key]) -> None:
        self.nodes, self.keys = NodeList(nodes), keys
        self.token, self.origin = nodes[0].token, nodes[0].origin
        self.texts: dict[Hashable, str] = {}

    def render(self, context: Context) -> str:
        key = tuple([key() for key in self.keys])
        text = self.texts.get(key)
        if text is None:
            text = self.texts[key] = self.nodes.render(context)
        return text


def keys_of(node: Node) -> tuple[Key, ...] | None:
    """What the text of ``node`` depends on; None where it depends on the reader."""
    match node:
        case TextNode() | CommentNode() | LoadNode():
            return ()
        case TranslateNode(asvar=None, message_context=None):
            return (get_language,) if _is_constant(node.filter_expression) else None
        case URLNode(asvar=None, args=[], kwargs=kwargs) if not kwargs:
            return (get_urlconf, get_script_prefix) if _is_constant(node.view_name) else None
        case StaticNode(varname=None):
            return () if _is_constant(node.path) else None
    return None


def _is_constant(expression: FilterExpression) -> bool:
    if expression.filters:
        return False
    variable = expression.var
    return isinstance(variable, str) or (
        isinstance(variable, Variable) and variable.literal is not None
    )


def steady(nodes: NodeList) -> None:
    """Replace every run of constants among ``nodes``, and below the others."""
    done: list[Node] = []
    run: list[Node] = []
    needed: dict[Key, None] = {}  # in order, once each
    for node in nodes:
        keys = keys_of(node)
        if keys is not None:
            run.append(node)
            needed.update(dict.fromkeys(keys))
            continue
        done += _joined(run, list(needed))
        run, needed = [], {}
        for below in _lists_of(node):
            steady(below)
        done.append(node)
    nodes[:] = [*done, *_joined(run, list(needed))]


def _joined(run: list[Node], keys: list[Key]) -> list[Node]:
    if all(isinstance(node, TextNode) for node in run):
        return run
    return [Steady(run, keys)]


def _lists_of(node: Node) -> list[NodeList]:
    if isinstance(node, IfNode):
        return [branch for _, branch in node.conditions_nodelists]
    lists = (getattr(node, name, None) for name in node.child_nodelists)
    return [below for below in lists if isinstance(below, NodeList)]


class Loader(cached.Loader):
    """Django's cached loader; a template is made steady when it is read."""

    def get_template(self, template_name: str, skip: Any = None) -> Template:
        known = self.cache_key(template_name, skip) in self.get_template_cache
        template: Template = super().get_template(template_name, skip)
        if not known:
            steady(template.nodelist)
        return template
