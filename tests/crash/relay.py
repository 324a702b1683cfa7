"""The relay of the crash tests: the SMTP server of support_smtp.py, which can also be asked things and can be deadly.

    python tests/crash/relay.py PORT_FILE LOG

One command is its own, answered as `250 NUMBER`:

    ASK busy               other connections that are open or have something left to be read
    ASK has ADDRESS        how many messages it has kept for that address
    ASK count TAG          how many messages it has kept for addresses at TAG
    ASK arm TAG PID NTH    kill process PID when the NTH message for an address at TAG was kept, before it is answered
"""

from __future__ import annotations

import asyncio
import os
import signal
import stat
import sys
from collections import Counter
from pathlib import Path

import support_smtp


class Relay(support_smtp.SmtpServer):
    """Keeps count by address, and kills whom it was told to."""

    def __init__(self, log):
        super().__init__(log=log)
        self.kept = Counter()
        self.armed = {}

    def _session(self):
        return Asked(self, hostname="relay.example", timeout=60)

    def _keep(self, envelope):
        super()._keep(envelope)
        for address in envelope.rcpt_tos:
            tag = address.partition("@")[2]
            self.kept[address] += 1
            self.kept[tag] += 1
            if tag in self.armed:
                self.armed[tag][1] -= 1
                if self.armed[tag][1] == 0:
                    os.kill(self.armed.pop(tag)[0], signal.SIGKILL)

    def answer(self, what, *words):
        if what == "busy":
            return len(self.live) - 1
        if what in ("has", "count"):
            return self.kept[words[0]]
        self.armed[words[0]] = [int(words[1]), int(words[2])]
        return 0


class Asked(support_smtp._Session):
    """A connection that knows the one more command."""

    async def smtp_ASK(self, arg):  # noqa: N802 - aiosmtpd finds commands by this name
        await self.push(f"250 {self._owner.answer(*arg.split())}")


async def serve(port_file, log):
    async with Relay(log) as relay:
        part = port_file.with_suffix(".part")
        part.write_text(str(relay.port))
        part.replace(port_file)
        over = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, over.set)
        if stat.S_ISFIFO(os.fstat(0).st_mode):  # it does not outlive who started it, whatever becomes of them
            loop.add_reader(0, over.set)
        await over.wait()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), Path(sys.argv[2])))
