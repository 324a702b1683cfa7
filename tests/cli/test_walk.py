"""The model playbook from open to close, one process a move, as a script or a screen-reader user would walk it."""

from __future__ import annotations

import pytest
from support_shell import Phone, Shell

MOST_MOVES = 140
LEADS = ("Reid", "Okafor", "Shah", "Novak")
APPROVERS = ("Lindqvist", "Brandt", "Moreau")


class Walker:
    """Does whatever the board asks for next."""

    def __init__(self, shell: Shell, incident: str, phones: dict[str, Phone]) -> None:
        self.shell = shell
        self.incident = incident
        self.phones = phones
        self.gates = 0
        self.acted: list[str] = []

    def board(self, officer: str) -> dict:
        return self.shell("show", self.incident, "--json", "--as", officer).json

    def walk(self) -> None:
        for _ in range(MOST_MOVES):
            box = self.board("Reid")["box"]
            if box is None or box["stage"] in ("settled", "shut"):
                return
            self.move(box)
        pytest.fail("the walk does not end")

    def move(self, box: dict) -> None:
        name, stage = box["step"], box["stage"]
        if stage == "answer":
            self.answer(box)
        elif stage in ("send", "gate"):
            self.act(box)
        elif stage == "needs":
            self.shell(
                "skip",
                self.incident,
                name,
                "--reason",
                "an hour of quiet is not waited for in a test",
                "--as",
                "Reid",
            )
        else:
            pytest.fail(f"{name} stands in {stage}")

    def answer(self, box: dict, asked: dict | None = None) -> None:
        asked = asked or box["asked"]
        said = {"number": str(asked["want"] or 0), "people": "Reid, by phone"}.get(
            asked["kind"], "0 left, seen by us"
        )
        slugs = [choice["slug"] for choice in asked["choices"]]
        nobody_left = box["takes"] == "items" and not box["items"] and "nothing" in slugs
        value = "nothing" if nobody_left else next(iter(slugs), said)
        words = ["--words", "seen by our own eyes"] if asked["words"] else []
        self.shell("answer", self.incident, box["step"], value, *words, "--as", "Reid")

    def act(self, box: dict) -> None:
        name = box["step"]
        officer = LEADS[self.gates % len(LEADS)] if box["gated"] else "Reid"
        if box["gated"]:
            self.approve(name, officer)
        done = self.shell(
            "act", self.incident, name, "--confirm", box["confirm"], "--as", officer, "--json"
        ).json
        self.acted.append(name)
        assert all(effect["status"] == "intended" and effect["guided"] for effect in done["effects"])
        assert done["events"][-1]["kind"] == "guide-shown", "the moves count as shown once they were printed"
        self.answer(box, done["asked"])

    def approve(self, name: str, officer: str) -> None:
        own = self.shell(
            "approve",
            self.incident,
            name,
            "--as",
            officer,
            "--json",
            stdin=self.phones[officer].code() + "\n",
        ).json
        if not own["open"]:
            second = APPROVERS[self.gates % len(APPROVERS)]
            done = self.shell(
                "approve",
                self.incident,
                name,
                "--as",
                second,
                "--digest",
                own["digest"],
                "--json",
                stdin=self.phones[second].code() + "\n",
            ).json
            assert done["open"], done["wants"]
            assert done["digest"] == own["digest"]
        self.gates += 1


@pytest.mark.timeout(400)
def test_the_model_playbook_is_walked_headless_from_open_to_close(shell, phones):
    opened = shell("open", "press-channels-misused", "--no-tui", "--as", "Reid", "--answer", "at-risk=yes")
    incident = opened.out.strip()
    assert incident.startswith("L-")
    assert opened.out.count("\n") == 1, "stdout is the id alone; talk is on stderr"
    assert "Save." in opened.err

    link = "https://x.com/ExamplePolice/status/1"
    shell("seen", incident, "account", link, "--words", "come and get us", "--at-risk", "--as", "Reid")
    shell("save", incident, "--where", "2 pictures on my phone", "--as", "Reid")
    shell("seen", incident, "newsroom", "https://news.example/2", "--as", "Reid")
    shell("seen", incident, "account", "https://x.com/ExamplePolice/status/3", "--as", "Reid")
    shell("save", incident, "--where", "4 pictures on my phone", "--as", "Reid")

    walker = Walker(shell, incident, phones)
    walker.walk()
    assert walker.acted[0].endswith("voice"), (
        "the first thing that goes out is the notice, by a trusted voice"
    )
    assert walker.gates >= 4

    for phase in walker.board("Reid")["phases"]:
        for row in phase["rows"]:
            if not row["folded"] and row["mark"] not in ("[x]", "[O]"):
                shell(
                    "skip", incident, row["step"], "--reason", "not in this test", "--as", "Reid", code=None
                )
    assert "clear/sweep (skipped)" in shell("close", incident, "--as", "Reid", code=4).err
    why = ("--reason", "an hour of quiet is not waited for in a test")
    agree = ("approve", incident, "@close", *why, "--officer", "Moreau", "--as", "Reid")
    assert "gate is open" in shell(*agree, stdin=phones["Moreau"].code()).out
    closed = shell("close", incident, *why, "--as", "Reid", "--json").json
    assert closed["events"][-1]["kind"] == "closed"
    shell("answer", incident, "confirm/look", "1", "--as", "Reid", code=4)
    shell("verify", incident)
    assert shell("list", "--json").json[0]["ended_how"] == "closed"
    assert shell("list").out == ""
    log = shell("log", incident).out.splitlines()
    assert len(log) == closed["seq"]
