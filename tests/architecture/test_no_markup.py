"""No widget of the face is handed a bare string that it would read as markup, and no widget that lags is used."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

FACE = Path(__file__).parent.parent.parent / "console" / "tui"
FILES = sorted(FACE.rglob("*.py"))
MAKERS = {"drawing", "Content"}
# Sinks that parse markup by default, or mount a widget a row; none of them has a place here.
BANNED = {
    "Label", "Button", "OptionList", "ListView", "DataTable", "RichLog", "Log", "Markdown", "Collapsible", "Checkbox",
    "Select", "SelectionList", "Tree", "Header", "Pretty", "from_markup", "from_rich_text", "escape",
}  # fmt: skip
TITLES = {"border_title", "border_subtitle", "tooltip"}


def nodes(path: Path):
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def name_of(call: ast.expr) -> str:
    if isinstance(call, ast.Attribute):
        return name_of(call.value) if isinstance(call.value, ast.Name) else call.attr
    return call.id if isinstance(call, ast.Name) else ""


def is_literal(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FACE)))
def test_every_static_is_told_not_to_parse_or_gets_finished_content(path):
    for node in nodes(path):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Static"):
            continue
        safe = any(
            word.arg == "markup" and is_literal(word.value) and word.value.value is False
            for word in node.keywords
        )
        made = bool(node.args) and isinstance(node.args[0], ast.Call) and name_of(node.args[0].func) in MAKERS
        constant = bool(node.args) and is_literal(node.args[0])  # our own words in our own source
        assert safe or made or constant or not node.args or self_made(node.args[0]), (
            f"{path.name}:{node.lineno}"
        )


def self_made(node: ast.expr) -> bool:
    """A method of the same class that returns finished content; mypy holds its return type."""
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and name_of(node.func) == "self"
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FACE)))
def test_no_sink_that_parses_markup_and_no_widget_a_row(path):
    for node in nodes(path):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("textual", "rich")):
            assert not BANNED & {alias.name for alias in node.names}, f"{path.name}:{node.lineno}"
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"from_markup", "from_rich_text"}, f"{path.name}:{node.lineno}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FACE)))
def test_no_title_or_tooltip_is_set_from_a_variable(path):
    for node in nodes(path):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                titled = isinstance(target, ast.Attribute) and target.attr in TITLES
                assert not titled or is_literal(node.value), f"{path.name}:{node.lineno}"
