"""Templates whose constants are worked out once: sentences, addresses, static files.

Most of the time of a page went into translating the same sentences and reversing the same
addresses for each reader. A sentence depends on the language, the address of a page without
arguments on the URLconf and its prefix, a static file on nothing: each run of constants, with the
text between them, becomes one node that remembers what it said by what it depends on.

A page that extends others is first written out: every block where it stands, once for all rather
than for each reader, so that the runs of constants cross from one template to the next.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Hashable, Mapping
from typing import Any

from django.template import Context
from django.template.base import (
    FilterExpression,
    Node,
    NodeList,
    Template,
    TextNode,
    Variable,
    VariableNode,
    render_value_in_context,
)
from django.template.defaulttags import (
    CommentNode,
    CsrfTokenNode,
    ForNode,
    IfNode,
    LoadNode,
    URLNode,
)
from django.template.library import InclusionNode, SimpleNode
from django.template.loader_tags import BlockNode, ExtendsNode, IncludeNode
from django.template.loaders import cached
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.templatetags.static import StaticNode
from django.urls import get_script_prefix, get_urlconf
from django.utils.safestring import SafeString
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


class Shown(VariableNode):
    """A variable; a text is shown without asking whether it is a date or a number."""

    def render(self, context: Context) -> str:
        value = self.filter_expression.resolve(context)
        if type(value) is SafeString:
            return value
        if type(value) is str and context.autoescape:
            return html.escape(value)
        return render_value_in_context(value, context)


def _shown(node: VariableNode) -> Shown:
    shown = Shown(node.filter_expression)
    shown.token, shown.origin = node.token, node.origin
    return shown


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
        done.append(_shown(node) if type(node) is VariableNode else node)
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


def _sets_nothing(node: Node) -> bool:
    """Whether the variables are after ``node`` what they were before."""
    match node:
        case TextNode() | CommentNode() | LoadNode() | VariableNode() | CsrfTokenNode() | Scope():
            return True
        case TranslateNode(asvar=None) | URLNode(asvar=None) | StaticNode(varname=None):
            return True
        case BlockTranslateNode(asvar=None) | ForNode() | IncludeNode() | InclusionNode():
            return True  # what they set stays inside
        case SimpleNode(target_var=None, func=tag):  # of ours, none writes in the context
            return bool(tag.__module__.startswith("clairevoie."))
        case IfNode():
            return all(_sets_nothing(below) for branch in _lists_of(node) for below in branch)
    return False


class Scope(Node):
    """A block in its place: the variables it sets stay inside."""

    def __init__(self, nodes: NodeList) -> None:
        self.nodelist = nodes

    def render(self, context: Context) -> str:
        with context.push():
            return self.nodelist.render(context)


def write_out(template: Template, read: Callable[[str], Template]) -> bool:
    """Make one list of a page and of those it extends; False where that cannot be known yet.

    A block that repeats its parent's, or a parent that is only named when the page is rendered,
    is left to Django.
    """
    family = _family(template, read)
    if len(family) < 2 or any("block.super" in member.source for member in family):
        return False
    blocks: dict[str, NodeList] = {}
    for member in family:  # the youngest decides
        for block in member.nodelist.get_nodes_by_type(BlockNode):
            assert isinstance(block, BlockNode)
            blocks.setdefault(block.name, block.nodelist)
    template.nodelist = family[-1].nodelist
    _place(blocks, template.nodelist)
    return True


def _family(template: Template, read: Callable[[str], Template]) -> list[Template]:
    """The page, its parent, and so on; nobody where a parent is not a constant."""
    family = [template]
    while (parent := _parent(family[-1])) is not None:
        called = parent.parent_name
        if not isinstance(called, FilterExpression) or not _is_constant(called):
            return []
        name = str(called.var)
        if name in {member.name for member in family}:  # a template that extends its namesake
            return []
        family.append(read(name))
    return family


def _parent(template: Template) -> ExtendsNode | None:
    return next((node for node in template.nodelist if isinstance(node, ExtendsNode)), None)


def _place(blocks: Mapping[str, NodeList], nodes: NodeList) -> None:
    placed: list[Node] = []
    for node in nodes:
        if not isinstance(node, BlockNode):
            for below in _lists_of(node):
                _place(blocks, below)
            placed.append(node)
            continue
        inside = blocks[node.name]
        _place(blocks, inside)
        placed += inside if all(map(_sets_nothing, inside)) else [Scope(inside)]
    nodes[:] = placed


class Loader(cached.Loader):
    """Django's cached loader; a template is written out and made steady when it is read."""

    def __init__(self, engine: Any, loaders: Any) -> None:
        super().__init__(engine, loaders)
        self.pages: dict[str, Template] = {}

    def get_template(self, template_name: str, skip: Any = None) -> Template:
        """A page; or, where ``skip`` says who extends it, a parent with its blocks open."""
        if skip is not None:
            return self._parent_of_others(template_name, skip)
        page = self.pages.get(template_name)
        if page is None:
            page = self.pages[template_name] = self._page(template_name)
        return page

    def _page(self, template_name: str) -> Template:
        ready = self._parent_of_others(template_name, None)
        page = self._read(template_name) if _parent(ready) else ready
        if page is ready or not write_out(page, self._read):
            return ready
        steady(page.nodelist)
        return page

    def _read(self, template_name: str) -> Template:
        """Parsed again: the nodes are changed afterwards, and belong to one page."""
        return super(cached.Loader, self).get_template(template_name)

    def _parent_of_others(self, template_name: str, skip: Any) -> Template:
        known = self.cache_key(template_name, skip) in self.get_template_cache
        template: Template = super().get_template(template_name, skip)
        if not known:
            steady(template.nodelist)
        return template

    def reset(self) -> None:
        super().reset()
        self.pages.clear()
