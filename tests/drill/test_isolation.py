"""A drill, in an interpreter of its own, loads nothing that could reach the world or a keyring, and opens no socket."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent.parent
ROOT = HERE.parent

SCRIPT = """
import asyncio, socket, sys

class Shut(socket.socket):
    def connect(self, *_): raise AssertionError("a drill reached for the network")
    connect_ex = sendto = connect

socket.socket = Shut
from support_drill import drill, MINUTE, SECOND
from support_linear import Player
from console.linear.run import run_linear

async def main():
    async with drill() as d:
        player = Player(d, until=700)
        await run_linear(d.session, d.conductor, "Reid", stdin=player, stdout=player.out, drill=d.world)
        assert "EXERCISE: no real message was sent" not in player.said
        assert len(d.world.outside.done) > 5
        from console.report.verify import verify_incident
        assert (await verify_incident(d.journal, d.session.state.incident)).verdict == "stands"

asyncio.run(main())
print("\\n".join(sys.modules))
"""

BANNED = (
    "console.channels.live",
    "console.vault.keychain",
    "console.vault.filering",
    "console.wiring",
    "keyring",
    "httpx",
    "aiosmtplib",
    "smtplib",
    "textual",
)


def test_nothing_that_reaches_out_is_loaded():
    environ = {
        **os.environ,
        "PYTHONPATH": f"{ROOT}{os.pathsep}{HERE}",
        "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere",
    }
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT],
        capture_output=True,
        text=True,
        env=environ,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    loaded = done.stdout.splitlines()
    assert "console.drill.world" in loaded
    reached = [
        name for name in loaded if any(name == banned or name.startswith(f"{banned}.") for banned in BANNED)
    ]
    assert reached == []
