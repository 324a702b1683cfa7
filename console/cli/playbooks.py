"""Verbs for authors: check, new."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from console.cli.options import PlaybookName, json_option
from console.text import counted

if TYPE_CHECKING:
    from pathlib import Path

    from console.places import Beside, Places
    from console.playbook.findings import Finding

YAML = (".yaml", ".yml")
NOT_CHECKED = (".test.yaml",)


@click.command()
@click.argument("paths", type=PlaybookName(), nargs=-1, metavar="PATH...")
@click.option("--explain", metavar="CODE", help="Say what a finding's code means.")
@json_option
def check(paths: tuple[str, ...], explain: str | None, *, as_json: bool) -> None:
    """Check playbooks, texts and scenarios, and show all that is wrong with them.

    PATH is a file, a folder (every .yaml in it), or a playbook's id; NAME.yaml is your own playbook too. Exit code 3 when there are errors; warnings never
    stop a playbook.
    """
    from console.cli.saying import data, say
    from console.errors import BadPlaybook
    from console.playbook.checking import check_file

    if explain:
        _explain(explain)
        return
    if not paths:
        raise click.UsageError("Name a file, a folder or a playbook's id.")
    files = [file for path in paths for file in _files(path)]
    read = _reader()
    found = [finding for file in files for finding in check_file(str(file), read)]
    found = list(dict.fromkeys(found))
    errors = sum(finding.severity == "error" for finding in found)
    if as_json:
        import msgspec

        data(
            {"files": [str(file) for file in files], "errors": errors, "findings": msgspec.to_builtins(found)}
        )
    else:
        _show(found)
        warnings = len(found) - errors
        counts = (counted(len(files), "file"), counted(errors, "error"), counted(warnings, "warning"))
        say(f"{', '.join(counts)}.")
    if errors:
        raise click.exceptions.Exit(BadPlaybook.exit_code)


def _explain(code: str) -> None:
    from console.cli.saying import out
    from console.errors import NotFound
    from console.playbook.findings import CODES

    words = CODES.get(code.upper())
    if words is None:
        raise NotFound(f"There is no finding {code}.", do=f"Codes go from {min(CODES)} to {max(CODES)}.")
    out(f"{code.upper()}  {words}")


def _files(typed: str) -> Iterator[Path]:
    from console.errors import NotFound
    from console.places import Places, expanded, is_file, is_folder

    path = expanded(typed)
    if is_folder(path):
        found = sorted(each for suffix in YAML for each in path.rglob(f"*{suffix}"))
        wanted = [each for each in found if not each.name.endswith(NOT_CHECKED)]
        if not wanted:
            raise NotFound(f"There is no .yaml file in {path}.", do="Name the folder with the playbooks.")
        yield from wanted
    elif is_file(path):
        yield path
    else:
        yield Places.here().shelf().find(typed).path


def _reader() -> Beside:
    from console.places import Beside, Places

    return Beside(Places.here().shelf())


def _show(found: list[Finding]) -> None:
    from console.cli.saying import out
    from console.playbook.findings import draw

    for finding in found:
        out(draw(finding, _line(finding)))


def _line(finding: Finding) -> str:
    try:
        lines = _reader()(finding.path).decode("utf-8", "replace").split("\n")
    except OSError:
        return ""
    return lines[finding.line - 1] if finding.line <= len(lines) else ""


@click.command()
@click.argument("playbook", type=PlaybookName())
@click.argument("name")
@json_option
def new(playbook: str, name: str, *, as_json: bool) -> None:
    """Copy a shipped playbook, and what it uses, into your own folder under the id NAME. Nothing is overwritten."""
    import re

    from console.cli.saying import data, out, say
    from console.errors import BadInput
    from console.places import Places

    if re.fullmatch(r"[a-z][a-z0-9-]{0,59}", name) is None:
        raise BadInput(
            f"{name} cannot be an id.", do="Use small letters, digits and dashes: our-channels-misused."
        )
    made, kept = _copy(Places.here(), playbook, name)
    if as_json:
        data(
            {
                "id": name,
                "file": str(made[0]),
                "made": [str(each) for each in made],
                "kept": [str(each) for each in kept],
            }
        )
        return
    out(str(made[0]))
    for path in kept:
        say(f"Kept as it was: {path}")
    say(f"Edit it, run incident check {name}, rehearse it, then open it: incident open {name}")


def _copy(places: Places, playbook: str, name: str) -> tuple[list[Path], list[Path]]:
    """Copy the closure; the files made, the playbook's own first, and those that were there already."""
    import re

    from console.errors import Refused
    from console.places import make_private
    from console.playbook.load import load

    found = places.shelf().find(playbook)
    loaded = load(found.name, found.read)
    folder = places.own_playbooks
    target = folder / f"{name}.yaml"
    if target.exists():
        raise Refused(
            f"{target} is there already.", do="Choose another name. Nothing was overwritten.", code="exists"
        )
    make_private(folder)
    made, kept = [], []
    schema = "schema/playbook-1.json"
    rest = {source.path: source.text.encode() for source in loaded.sources[1:]}
    with suppress(FileNotFoundError):
        rest[schema] = found.read(schema)
    own = re.sub(r"(?m)^id:.*$", f"id: {name}", loaded.sources[0].text, count=1)
    for path, raw in {f"{name}.yaml": own.encode(), **rest}.items():
        place = folder / path
        if place.exists():
            kept.append(place)
            continue
        make_private(place.parent)
        place.write_bytes(raw)
        made.append(place)
    return made, kept
