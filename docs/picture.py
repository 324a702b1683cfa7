"""Makes the pictures in README from the real app: `python docs/picture.py`.

The scene is the night of the model case, at eleven minutes: the public notice is out, the link is not cut yet, and it is late.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
os.environ |= {
    "TERM": "xterm-256color",
    "COLORTERM": "truecolor",
}  # a terminal with colours, whatever this one is
os.environ.pop("NO_COLOR", None)
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "tests")]

from support_face import CALL, CUT, LOOK, VOICE, drill_face, live_face  # noqa: E402 - found through the line above
from support_incident import MINUTE  # noqa: E402 - as above

from console.incident import commands as c  # noqa: E402 - as above


async def live(size: tuple[int, int], name: str) -> None:
    """The live incident screen at one size."""
    with tempfile.TemporaryDirectory() as folder:
        async with live_face(Path(folder), size=size) as face:
            await face.do(c.Answer(by="Reid", step=LOOK, value="false-posts"))
            await face.do(c.See(by="Reid", channel="account", link="https://x.com/1", words="test"))
            await face.do(c.See(by="Okafor", channel="newsroom", words="Missing child", at_risk=True))
            face.clock.turn(2 * MINUTE)
            await face.do(c.Answer(by="Reid", step=CALL, value="have-it"))
            await face.do(c.Save(by="Okafor", where="2 pictures on the duty phone"))
            await face.do(c.Answer(by="Okafor", step="confirm/save", value="by-hand"))
            await face.conductor.act("Reid", VOICE, confirm="voice")
            await face.conductor.shown("Reid", VOICE)
            face.clock.turn(2 * MINUTE)
            await face.do(c.Answer(by="Reid", step=VOICE, value="up"))
            face.clock.turn(7 * MINUTE)
            await face.do(
                c.See(by="Okafor", channel="account", link="https://x.com/2", words="no comment get stuffed")
            )
            await face.do(c.Tick())
            await face.to(CUT)
            face.fingers.turn(MINUTE)
            await face.pilot.pause()
            (HERE / name).write_text(face.app.export_screenshot(title="incident"), encoding="utf-8")


async def drill(size: tuple[int, int], name: str) -> None:
    """A drill, which cannot be mistaken for it."""
    with tempfile.TemporaryDirectory() as folder:
        async with drill_face(Path(folder), size=size) as face:
            await face.do(c.Answer(by="Reid", step=LOOK, value="false-posts"))
            await face.to(VOICE)
            (HERE / name).write_text(face.app.export_screenshot(title="incident drill"), encoding="utf-8")


async def main() -> None:
    """Make them all."""
    await live((80, 24), "live-80x24.svg")
    await live((120, 40), "live-120x40.svg")
    await drill((80, 24), "drill-80x24.svg")


if __name__ == "__main__":
    asyncio.run(main())
