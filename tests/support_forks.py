"""The `incident` command forked off a process that has its rooms imported: tests of the doors start it a thousand times.

    python -P tests/support_forks.py SOCKET

What a verb does is its own: its environment, folder, streams, arguments, umask and zone are those it was given, and it ends as
any Python does. What it shares is what importing made, so a call whose environment differs in anything that is read while
importing, or that Python itself reads, is none for here (`Forks.fits`). The screen is not imported: it wants a terminal.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import runpy
import select
import selectors
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
BOOKS = ROOT / "playbooks"
# Read when a verb runs, never while importing: a test of the doors watches which are.
READ_LATE = ("COMP_WORDS", "COMP_CWORD", "HOME", "TZ", "_INCIDENT_COMPLETE")
OURS = "INCIDENT_"
NEVER = ("console.tui", "console.bootstrap")
STREAMS = 3


def imported() -> list[str]:
    """Every module of ours but the screen's, in order."""
    names = (
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in (ROOT / "console").rglob("*.py")
        if path.name != "__main__.py"
    )
    return sorted(name for name in names if not name.startswith(NEVER))


# -- the side of the tests ---------------------------------------------------------------------------------------------


class Forks:
    """One process to fork off, started at the first call; it ends with this one."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = {name: value for name, value in env.items() if not late(name)}
        self._line, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", __file__, str(theirs.fileno())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=self.env,
                pass_fds=[theirs.fileno()],
            )

    def fits(self, env: Mapping[str, str]) -> bool:
        """Whether importing under this environment makes what it made here."""
        return self.env == {name: value for name, value in env.items() if not late(name)}

    def run(
        self, args: Sequence[str], stdin: bytes, env: Mapping[str, str], cwd: Path, timeout: float
    ) -> subprocess.CompletedProcess[bytes]:
        """As `subprocess.run` with captured streams does it."""
        with tempfile.TemporaryFile() as order:
            order.write(json.dumps([list(args), dict(env), str(cwd), _umask()]).encode())
            order.seek(0)
            pipes = [os.pipe() for _ in range(STREAMS + 1)]
            (read, typed), (out, _), (err, _), (told, _) = pipes
            given = [order.fileno(), read, *(write for _, write in pipes[1:])]
            socket.send_fds(self._line, [b"fork"], given)
        for handle in given[1:]:
            os.close(handle)
        with os.fdopen(told, encoding="ascii") as news:
            pid = int(news.readline())
            said = _talk(typed, stdin, (out, err), timeout)
            if said is None:
                os.kill(pid, 9)
                raise subprocess.TimeoutExpired(args, timeout)
            return subprocess.CompletedProcess(args, int(news.readline()), *said)

    def close(self) -> None:
        self._line.close()
        self._process.communicate()


def late(name: str) -> bool:
    return name in READ_LATE or name.startswith(OURS)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _talk(typed: int, stdin: bytes, outputs: tuple[int, int], timeout: float) -> list[bytes] | None:
    """Type, and read both outputs to their ends; None when that takes longer than `timeout` seconds."""
    said = {handle: bytearray() for handle in outputs}
    end = time.monotonic() + timeout
    with selectors.DefaultSelector() as ready:
        ready.register(typed, selectors.EVENT_WRITE)
        for handle in outputs:
            ready.register(handle, selectors.EVENT_READ)
        try:
            while ready.get_map():
                found = ready.select(end - time.monotonic())
                if not found:
                    return None
                for key, _ in found:
                    if key.fd == typed:
                        stdin = stdin[_write(typed, stdin) :]
                        over = not stdin
                    else:
                        more = os.read(key.fd, 1 << 16)
                        said[key.fd] += more
                        over = not more
                    if over:
                        ready.unregister(key.fd)
                        os.close(key.fd)
        finally:
            for handle in list(ready.get_map()):
                os.close(handle)
    return [bytes(each) for each in said.values()]


def _write(typed: int, stdin: bytes) -> int:
    """How many bytes are dealt with: those that went through the pipe, all when nobody reads any more."""
    try:
        return os.write(typed, stdin[: select.PIPE_BUF])
    except BrokenPipeError:
        return len(stdin)


# -- the side that forks -----------------------------------------------------------------------------------------------


def serve(line: socket.socket) -> list[int]:
    """Fork whenever told to; gives what came with the word, in the child alone. Ends when the line does."""
    with selectors.DefaultSelector() as waiting:
        waiting.register(line, selectors.EVENT_READ)
        while True:
            for key, _ in waiting.select():
                if key.data is not None:
                    pid, told = key.data
                    waiting.unregister(key.fd)
                    os.close(key.fd)
                    _, status = os.waitpid(pid, 0)
                    _tell(told, os.waitstatus_to_exitcode(status))
                    os.close(told)
                    continue
                word, given, *_ = socket.recv_fds(line, 4, 2 + STREAMS)
                if not word:
                    sys.exit()
                pid = os.fork()
                if pid == 0:
                    return given
                told = given.pop()
                for handle in given:
                    os.close(handle)
                waiting.register(os.pidfd_open(pid), selectors.EVENT_READ, (pid, told))
                _tell(told, pid)


def _tell(told: int, number: int) -> None:
    """Say it to whoever asked, if they are there still."""
    with contextlib.suppress(BrokenPipeError):
        os.write(told, b"%d\n" % number)


def become(given: list[int]) -> None:
    """Take on what the call was given."""
    order, *streams, _ = given
    args, env, cwd, mask = json.loads(os.pread(order, os.fstat(order).st_size, 0))
    for number, handle in enumerate(streams):
        os.dup2(handle, number)
    os.closerange(STREAMS, max(given) + 1)
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    os.chdir(cwd)
    os.umask(mask)
    sys.argv[1:] = args


def run() -> int:
    """`python -m console`; what it leaves with."""
    try:
        runpy.run_module("console", run_name="__main__", alter_sys=True)
    except SystemExit as left:
        if isinstance(left.code, int):
            return left.code
        raise
    return 0


def leave_with(code: int) -> None:
    """What Python does at its end, all but taking apart every module it has: that would cost more than most verbs."""
    threading._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def read_shipped_books() -> None:
    """As the fold reads them out of a record: a pure reading, which is cached, and half of what most verbs do."""
    from console.playbook.load import from_closure, load

    for path in sorted(BOOKS.glob("*.yaml")):
        sources = load(path.name, lambda name: (BOOKS / name).read_bytes()).sources
        from_closure({each.path: each.text for each in sources}, path.name)


if __name__ == "__main__":
    for module in imported():
        importlib.import_module(module)
    read_shipped_books()
    gc.collect()
    gc.freeze()
    become(serve(socket.socket(fileno=int(sys.argv[1]))))
    leave_with(run())
