"""Opening the vault from the incident screen, where its passphrase was wrong or not at hand when the incident was opened."""

from __future__ import annotations

from collections.abc import Mapping

from console.tui.screens.desk import Desk
from console.tui.widgets.form import Field, Form


def vault(desk: Desk) -> None:
    """Ask for the passphrase; what is typed is shown as dots and kept nowhere."""
    desk.flow(_vault(desk))


async def _vault(desk: Desk) -> None:
    keeper = desk.seat.session.gatekeeper
    if keeper is None:
        desk.say("This incident has no vault.")
        return

    async def submit(values: Mapping[str, str]) -> None:
        await keeper.unlock_vault(values["phrase"])
        await keeper.ready()

    rows = [("The codes of officers are checked with what is in it. Until it is open, no gate is.",)]
    fields = [
        Field("phrase", "Passphrase of the vault. What you type is not shown.", needed=True, secret=True)
    ]
    if await desk.ask(Form("Open the vault", rows, fields, submit, "open it")) is not None:
        desk.say("The vault is open. Codes can be given.")
