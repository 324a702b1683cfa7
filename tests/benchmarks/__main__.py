"""Every budget of the design beside its baseline, measured in one run. A report, not a test: it always ends with 0.

python -m tests.benchmarks              everything but the test suite and other people's programs
python -m tests.benchmarks --quick      few rounds and small incidents, to see that it runs
python -m tests.benchmarks --rows doors,keys
"""

from __future__ import annotations

import argparse
import importlib
import json
import shutil
import sys
import tempfile
import traceback
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from tests.benchmarks.machine import Bench, described  # noqa: E402 - found only once the path is set
from tests.benchmarks.rows import Row, table  # noqa: E402 - as above

ROOMS = (
    "doors",
    "paint",
    "keys",
    "lists",
    "durable",
    "recipients",
    "mailing",
    "peers_dbos",
    "reopen",
    "memory",
    "suite",
    "sizes",
)


def main() -> int:
    """Measure, print, return 0."""
    given = _arguments()
    folder = Path(tempfile.mkdtemp(prefix="incident-benchmarks-", dir=given.folder))
    bench = Bench(folder, quick=given.quick, peers=given.peers, suite=given.suite, junit=given.junit)
    rows: list[Row] = []
    try:
        machine = described(folder)
        for name in given.rows:
            begun = perf_counter()
            rows += _measured(name, bench)
            print(f"{name}: {perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if given.json:
        print(
            json.dumps(
                {"machine": machine, "quick": given.quick, "rows": [row.plain() for row in rows]}, indent=2
            )
        )
    else:
        print(f"Measured on: {machine}.{' QUICK: few rounds, small incidents.' if given.quick else ''}\n")
        print(table(rows))
        print(_summary(rows))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument(
        "--quick", action="store_true", help="few rounds and small incidents, to see that it runs"
    )
    parser.add_argument("--rows", type=_rooms, default=ROOMS, help=f"some of: {','.join(ROOMS)}")
    parser.add_argument("--json", action="store_true", help="the report as JSON")
    parser.add_argument(
        "--peers", action="store_true", help="install posting and harlequin for a moment and paint them too"
    )
    parser.add_argument("--suite", action="store_true", help="run the whole test suite")
    parser.add_argument(
        "--junit", type=Path, help="read the suite's time from the junit file of an earlier run"
    )
    parser.add_argument("--folder", type=Path, help="where to keep what is made meanwhile: a real disk")
    return parser.parse_args()


def _rooms(typed: str) -> tuple[str, ...]:
    names = tuple(typed.split(","))
    unknown = [name for name in names if name not in ROOMS]
    if unknown:
        raise argparse.ArgumentTypeError(f"no {', '.join(unknown)}; there are {', '.join(ROOMS)}")
    return names


def _measured(name: str, bench: Bench) -> list[Row]:
    try:
        found: list[Row] = importlib.import_module(f"tests.benchmarks.{name}").measure(bench)
    except Exception:  # noqa: BLE001 - one room that fails must not cost the others their hour
        return [Row(name, name, note=f"It failed:\n\n```\n{traceback.format_exc()}```")]
    return found


def _summary(rows: list[Row]) -> str:
    count = {
        verdict: sum(row.verdict == verdict for row in rows) for verdict in ("met", "NOT MET", "not measured")
    }
    return ", ".join(f"{many} {verdict}" for verdict, many in count.items())


if __name__ == "__main__":
    sys.exit(main())
