"""How long files and functions are: every file of the product, every function in it with its signature and docstring."""

from __future__ import annotations

import ast
import statistics
from pathlib import Path

from tests.benchmarks.machine import ROOT, Bench
from tests.benchmarks.rounds import percentile
from tests.benchmarks.rows import Row, number

GROUP = "a file, a function"
FILE, FILE_MEDIAN, FUNCTION, FUNCTION_P90 = 350.0, 130.0, 60.0, 30.0  # lines
LONGEST = 5  # so many are named when they are over


def measure(_bench: Bench) -> list[Row]:
    """Lines, counted from the syntax tree; the note names what is over."""
    files: dict[str, int] = {}
    functions: dict[str, int] = {}
    for path in sorted((ROOT / "console").rglob("*.py")):
        name = str(path.relative_to(ROOT))
        text = path.read_text(encoding="utf-8")
        files[name] = text.count("\n")
        functions |= _functions(name, text)
    counts = f"{len(files)} files, {len(functions):,} functions"
    figures = [
        ("the longest file", float(max(files.values())), FILE, _over(files, FILE)),
        ("a file, median", statistics.median(files.values()), FILE_MEDIAN, ""),
        ("the longest function", float(max(functions.values())), FUNCTION, _over(functions, FUNCTION)),
        ("a function, p90", percentile(list(functions.values()), 0.9), FUNCTION_P90, ""),
    ]
    return [
        Row(GROUP, what, number(lines, "lines"), counts, lines, budget=budget, unit="lines", note=note)
        for what, lines, budget, note in figures
    ]


def _functions(name: str, text: str) -> dict[str, int]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {
        f"{name}:{node.lineno} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for node in ast.walk(ast.parse(text, Path(name).name))
        if isinstance(node, kinds)
    }


def _over(lengths: dict[str, int], limit: float) -> str:
    over = sorted(((lines, name) for name, lines in lengths.items() if lines > limit), reverse=True)
    named = ", ".join(f"{name} ({lines})" for lines, name in over[:LONGEST])
    return f"{len(over)} over {limit:.0f} lines: {named}." if over else ""
