"""Who holds an effect that is on its way: this host, this boot, this process; and whether that process still lives."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from console.errors import ConsoleError


def this_process() -> str:
    """`host/boot-id/pid/start-time` of the process that asks."""
    pid = os.getpid()
    return f"{socket.gethostname()}/{_boot_id()}/{pid}/{_started(pid)}"


def may_live(holder: str) -> bool:
    """False only when that process is known to be gone: same host, and no process of that boot, pid and start time."""
    parts = holder.rsplit("/", 3)
    if len(parts) != 4:
        return False
    host, boot, pid, started = parts
    if host != socket.gethostname():
        return True
    return boot == _boot_id() and pid.isdecimal() and _started(int(pid)) == started


def is_here(holder: str) -> bool:
    """Whether that process is, or was, one of this host."""
    return holder.rsplit("/", 3)[0] == socket.gethostname()


def _boot_id() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return "boot"


def _started(pid: int) -> str:
    """The process's start time in clock ticks since boot (proc(5), field 22); `0` where there is no /proc."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "0" if not Path("/proc/self/stat").exists() and _exists(pid) else ""
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] in "ZX" else fields[19]


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    except OverflowError as error:
        raise ConsoleError("A process number in the record cannot be right.") from error
    return True
