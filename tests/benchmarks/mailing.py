"""Mail to everybody: how fast beside Postfix's own tools and others' ways, how much memory, how well it is taken up again."""

from __future__ import annotations

import json
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from time import perf_counter

from tests.benchmarks import postfix, smtp_console, smtp_senders, smtp_sink
from tests.benchmarks.keys import KEYS, ON_STEP, pressed, there_and_back
from tests.benchmarks.machine import ROOT, Bench, environment
from tests.benchmarks.rounds import Samples, percentile
from tests.benchmarks.rows import Row, ms, number
from tests.benchmarks.terminal import Terminal

GROUP = "mail to many"
MANY, FEW, SOME = 60_000, 1_500, 6_000
CONNECTIONS = 64
LATE = 20  # ms
MILLION = 1_200_000
MEBIBYTES = 60.0
RESUME = 2.0  # seconds
KILLS = 200
KILLED_PEOPLE = 60_000
KILLED_CONNECTIONS = 16


def measure(bench: Bench) -> list[Row]:
    """All of it; what needs Postfix's tools is said to be missing where they are."""
    try:
        tools = postfix.find(bench.folder)
    except postfix.Missing as error:
        rows = [Row(GROUP, "beside smtp-source", note=str(error))]
    else:
        rows = _fast(bench, tools)
    return [*rows, *_late(bench), *_keys(bench), *_million(bench), *_killed(bench)]


# -- how fast ----------------------------------------------------------------------------------------------------------


def _fast(bench: Bench, tools: postfix.Postfix) -> list[Row]:
    many = MANY // 4 if bench.quick else MANY
    samples = Samples()
    with _smtp_sink(tools) as port:
        for turn in range(bench.rounds(5)):
            ways = {
                "smtp-source": lambda: _source(tools, port, many) / many,
                "ours": lambda turn=turn: (
                    _sent("ours", port, many, CONNECTIONS, bench.folder / f"fast{turn}.db")["seconds"] / many
                ),
                "smtplib": lambda: _sent("smtplib", port, FEW)["seconds"] / FEW,
                "aiosmtplib": lambda: _sent("aiosmtplib", port, SOME, 16)["seconds"] / SOME,
            }
            names = list(ways)
            for name in names[turn % 4 :] + names[: turn % 4]:
                samples.add(name, ways[name]())
            (bench.folder / f"fast{turn}.db").unlink(missing_ok=True)
    note = (
        f"{many:,} people over {CONNECTIONS} connections to smtp-sink, each intent durable before its final dot; the time from"
        " the first claim to the last answer. smtp-source with 16 sessions, smtplib with one, aiosmtplib with 16; a message of"
        " 1.7 kB. The figure is time beside time."
    )
    budgets = {"smtp-source": 1.0, "smtplib": 1 / 30, "aiosmtplib": 1 / 5}
    return [
        Row(
            GROUP,
            f"a message, beside {name}",
            _rate(samples.median("ours")),
            f"{name}, {_rate(samples.median(name))}",
            samples.paired("ours", name),
            budget=budget,
            note=note,
        )
        for name, budget in budgets.items()
    ]


def _rate(seconds: float) -> str:
    return f"{1 / seconds:,.0f} a second"


@contextmanager
def _smtp_sink(tools: postfix.Postfix) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    argv = [tools.sink, "-u", "nobody", f"127.0.0.1:{port}", "512"]
    with subprocess.Popen(argv, env=tools.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as sink:
        try:
            while True:
                with socket.socket() as trying:
                    if trying.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.02)
            yield port
        finally:
            sink.kill()


def _source(tools: postfix.Postfix, port: int, many: int) -> float:
    size = str(len(smtp_senders.built(1).as_bytes()))
    argv = [tools.source, "-d", "-s", "16", "-l", size, "-m", str(many), "-f", "news@example.org"]
    begun = perf_counter()
    subprocess.run(
        [*argv, "-t", "person@example.net", f"127.0.0.1:{port}"],
        env=tools.env,
        check=True,
        capture_output=True,
    )
    return perf_counter() - begun


def _sent(how: str, *words: object) -> dict[str, float]:
    argv = [sys.executable, smtp_senders.__file__, how, *map(str, words)]
    ran = subprocess.run(argv, env=environment(), cwd=ROOT, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(ran.stdout)
    return found


# -- a relay far away --------------------------------------------------------------------------------------------------


@contextmanager
def _counting_sink(folder: Path, delay: int = 0) -> Iterator[tuple[int, Path]]:
    port_file, log = folder / f"sink{delay}.port", folder / f"sink{delay}.log"
    argv = [sys.executable, smtp_sink.__file__, str(port_file), str(log), str(delay)]
    with subprocess.Popen(argv, env=environment(), cwd=ROOT) as sink:
        try:
            while not port_file.exists():
                time.sleep(0.02)
            yield int(port_file.read_text()), log
        finally:
            sink.kill()
            port_file.unlink(missing_ok=True)
            log.unlink(missing_ok=True)


def _late(bench: Bench) -> list[Row]:
    many = 20_000 if bench.quick else 40_000
    with _counting_sink(bench.folder, LATE) as (port, _):
        took = _sent("ours", port, many, CONNECTIONS, bench.folder / "late.db")["seconds"]
    limit = CONNECTIONS * 1000 / LATE
    return [
        Row(
            GROUP,
            f"a relay that answers after {LATE} ms",
            _rate(took / many),
            f"{limit:,.0f} a second: connections / round trip",
            limit * took / many,
            budget=1 / 0.85,
            note=f"{CONNECTIONS} connections. The figure is the limit beside the rate: 1/0.85 is 0.85 of it.",
        )
    ]


# -- keys meanwhile ----------------------------------------------------------------------------------------------------


def _keys(bench: Bench) -> list[Row]:
    """Keys on the list of steps of the very console that sends at full speed, beside the same keys before it began."""
    many = 150_000 if bench.quick else 600_000
    folder = bench.home("sending")
    with _counting_sink(bench.folder) as (port, log):
        argv = [sys.executable, smtp_console.__file__, *map(str, (folder, port, many, CONNECTIONS))]
        with Terminal(argv, environment(folder)) as screen:
            while not (folder / "ready").exists():
                screen.settle(0.5)
            screen.settle(1.5)
            idle = _pressed(screen, bench.rounds(KEYS))
            (folder / "go").touch()
            while not _lines(log):
                screen.settle(0.2)
            busy = _pressed(screen, bench.rounds(KEYS))
            sent = _lines(log)
    over = sent >= many
    note = (
        f"A live console of the model playbook; {many:,} people over {CONNECTIONS} connections to a sink of another process,"
        f" {sent:,} of them sent to meanwhile. The same keys before it began."
        + (" It was over before the last key." if over else "")
    )
    return [
        Row(
            "keys while mail is sent",
            f"the list of steps, down and up, {name}",
            ms(percentile(busy, share)),
            f"idle, {ms(percentile(idle, share))}",
            percentile(busy, share) / percentile(idle, share),
            budget=budget,
            note=note,
        )
        for name, share, budget in (("p50", 0.5, 1.1), ("p99", 0.99, 1.3))
    ]


def _pressed(screen: Terminal, many: int) -> list[float]:
    keys = list(islice(there_and_back(18), many))
    return [each.seconds for each in pressed(screen, keys, lambda said: bool(ON_STEP.search(said)))]


# -- a million ---------------------------------------------------------------------------------------------------------


def _million(bench: Bench) -> list[Row]:
    many = MILLION // 20 if bench.quick else MILLION
    found: dict[int, dict[str, float]] = {}
    with _counting_sink(bench.folder) as (port, _):
        for part in (many // 4, many):
            found[part] = _sent("ours", port, part, CONNECTIONS, bench.folder / f"million{part}.db")
            (bench.folder / f"million{part}.db").unlink(missing_ok=True)
    whole, quarter = found[many], found[many // 4]
    each = whole["seconds"] / many
    rate = f"{many:,} people in {number(whole['seconds'], 's')}, {_rate(each)}"
    note = "To a strict counting sink of one process. The list is frozen, sent and read again in the same process."
    return [
        Row(
            GROUP, "memory of the console", rate, "", whole["memory"], unit="MiB", budget=MEBIBYTES, note=note
        ),
        Row(
            GROUP,
            "memory of the process that sends",
            "",
            "",
            whole["memory of the sender"],
            unit="MiB",
            budget=MEBIBYTES,
        ),
        Row(
            GROUP,
            "a message of them, beside one of a quarter of them",
            number(each * 1e6, "us"),
            number(quarter["seconds"] / (many // 4) * 1e6, "us"),
            each / (quarter["seconds"] / (many // 4)),
            budget=1.1,
        ),
        Row(
            GROUP,
            "the ledger read again, to go on",
            f"{whole['rows']:,.0f} rows",
            f"frozen in {number(whole['frozen'], 's')}",
            whole["resumed"],
            unit="s",
            budget=RESUME,
        ),
    ]


# -- killed ------------------------------------------------------------------------------------------------------------


def _killed(bench: Bench) -> list[Row]:
    """The console, the process that sends, or both are killed at random moments until everybody was tried."""
    kills = 10 if bench.quick else KILLS
    chance = random.Random(2019)
    path = bench.folder / "killed.db"
    script = str(ROOT / "tests/benchmarks/smtp_killed.py")
    done = 0
    with _counting_sink(bench.folder) as (port, log):
        argv = [sys.executable, script, str(path), str(port), str(KILLED_CONNECTIONS), str(KILLED_PEOPLE)]
        subprocess.run([*argv, "freeze"], env=environment(), cwd=ROOT, check=True)
        share = KILLED_PEOPLE // (kills + 1)
        while done < kills:
            goal = _lines(log) + chance.randrange(1, share)
            if goal >= KILLED_PEOPLE - share:
                break
            with subprocess.Popen(
                [*argv, "send"], env=environment(), cwd=ROOT, stdout=subprocess.DEVNULL
            ) as child:
                while _lines(log) < goal and child.poll() is None:
                    time.sleep(chance.random() / 500)
                if child.poll() is None:
                    _kill(child.pid, chance.choice(("console", "sender", "both")))
                    done += 1
        end = json.loads(
            subprocess.run(
                [*argv, "send"], env=environment(), cwd=ROOT, check=True, capture_output=True
            ).stdout
        )
        got = Counter(log.read_text().split())
    twice = sum(many > 1 for many in got.values())
    everybody = {smtp_senders.address(n) for n in range(KILLED_PEOPLE)}
    lost = len(everybody - set(got) - set(end["doubtful"])) + end["waiting"]
    note = (
        f"{done} random kills of the console, of the process that sends, or of both, while {KILLED_PEOPLE:,} people are sent to over"
        f" {KILLED_CONNECTIONS} connections; a strict sink counts. Lost: neither at the sink nor named as in doubt."
    )
    return [
        Row(
            GROUP,
            "people mailed twice",
            f"{done} kills",
            "",
            float(twice),
            unit="people",
            budget=0,
            note=note,
        ),
        Row(GROUP, "people lost", f"{done} kills", "", float(lost), unit="people", budget=0, note=note),
        Row(
            GROUP,
            "people in doubt, a kill and connection",
            f"{len(end['doubtful'])} in doubt, {len(set(end['doubtful']) & set(got))} of them have it",
            f"{done} kills, {KILLED_CONNECTIONS} connections",
            len(end["doubtful"]) / (done * KILLED_CONNECTIONS) if done else None,
            unit="",
            budget=1.0,
            note=note,
        ),
    ]


def _lines(log: Path) -> int:
    return log.read_bytes().count(b"\n") if log.exists() else 0


def _kill(console: int, who: str) -> None:
    senders = subprocess.run(
        ["pgrep", "-P", str(console)], capture_output=True, text=True, check=False
    ).stdout.split()
    pids = [*([console] if who != "sender" else []), *(map(int, senders) if who != "console" else [])]
    for pid in pids:
        subprocess.run(["kill", f"-{signal.SIGKILL.value}", str(pid)], check=False, capture_output=True)
