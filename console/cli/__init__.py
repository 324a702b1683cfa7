"""The doors: one verb each. A verb's module is imported only when that verb runs, so that help is there at once.

`VERBS` is the whole list: name, where it is written, and its one line of help. The same line stands in the verb's own
help; a test holds the two together.
"""

from __future__ import annotations

import importlib
import os
from typing import Final, NamedTuple

import click

import console

PROG: Final = "incident"


class Verb(NamedTuple):
    """Where a verb is written (`module:attribute` in this package) and what it does, in one line."""

    where: str
    help: str


SECTIONS: Final[dict[str, dict[str, Verb]]] = {
    "Begin and come back": {
        "open": Verb("opening:open_", "Open a live incident from a playbook."),
        "resume": Verb("opening:resume", "Go on with an incident where it stands."),
        "drill": Verb("opening:drill", "Rehearse with a scenario; nothing real is touched."),
        "list": Verb("looking:list_", "List the incidents and drills on this machine."),
        "show": Verb("looking:show", "Show where an incident stands, or one of its steps."),
    },
    "Work through it": {
        "answer": Verb("answering:answer", "Report what you see on a step."),
        "amend": Verb("answering:amend", "Correct an opening answer."),
        "seen": Verb("finding:seen", "Report a false item on a channel."),
        "gone": Verb("finding:gone", "Report that an item went."),
        "mark": Verb("finding:mark", "Change what an item is held to be."),
        "save": Verb("finding:save", "Say where an item is saved."),
        "looked": Verb("finding:looked", "Report that you looked and saw nothing false."),
        "access": Verb("access:access", "Show what became of every way into our accounts, or add a line."),
        "way-out": Verb("ways:way_out", "Take a way out that is on offer."),
        "defer": Verb("answering:defer", "Put a step off."),
        "skip": Verb("answering:skip", "Go past a step, with a reason."),
        "waive": Verb("answering:waive", "Go on without what a step waits for, with a reason."),
        "undo": Verb("answering:undo", "Take back your own latest answer."),
        "note": Verb("answering:note", "Write a note into the record."),
        "text": Verb("wording:text", "Show a text, or change it part by part."),
        "list-file": Verb("lists:list_file", "Choose the files with the recipients of a mailing."),
    },
    "Send and approve": {
        "approve": Verb("gate:approve", "Look at what will go out, then give a code for it."),
        "act": Verb("acting:act", "Do what a step does: send, remove, or show the moves by hand."),
        "resolve": Verb(
            "acting:resolve", "Settle what we do not know: it happened, it did not, cannot tell."
        ),
        "mailing": Verb("mailings:mailing", "Show how far a mailing is, and ask what became of it."),
        "bounces": Verb(
            "returning:bounces", "Read a mailbox of bounces back: whose mail came back, and why."
        ),
        "once-more": Verb(
            "once_more:once_more", "Have those in doubt of a mailing mailed once more, with codes."
        ),
        "code": Verb("gate:code", "Show a practice officer's code, in a drill only."),
        "handover": Verb("ending:handover", "Give the lead to another officer, with a brief."),
        "close": Verb("ending:close", "Close an incident."),
    },
    "The record": {
        "evidence": Verb("keeping:evidence", "Show what is kept, bring files in, check it, copy it."),
        "log": Verb("looking:log", "Print the record, one stored event a line."),
        "verify": Verb("looking:verify", "Check that a record was not changed, cut or spliced."),
        "report": Verb("reporting:report", "Write what is handed over: figures, timeline, debrief."),
    },
    "Playbooks": {
        "check": Verb("playbooks:check", "Check playbooks, and show all that is wrong with them."),
        "new": Verb("playbooks:new", "Copy a shipped playbook to start your own from."),
    },
    "This machine": {
        "officers": Verb("officers:officers", "Enrol officers, test and unlock their codes."),
        "channels": Verb("machine:channels", "Say which account a channel is, and try it."),
        "passphrase": Verb(
            "passwords:passphrase", "Make a passphrase for an account; the vault keeps it first."
        ),
        "contacts": Verb("machine:contacts", "Whom to call."),
        "doctor": Verb("doctor:doctor", "Examine this machine, with a cure for each fault."),
    },
}
VERBS: Final[dict[str, Verb]] = {name: verb for verbs in SECTIONS.values() for name, verb in verbs.items()}

EXIT_CODES: Final = (
    (0, "done"),
    (1, "something else went wrong"),
    (2, "what was typed cannot be understood"),
    (3, "a playbook cannot be used as it stands"),
    (4, "the playbook's own rules say not now, or another console was first"),
    (5, "a gate stays shut: code, person, text or clock; nothing was sent"),
    (6, "no such incident, playbook, step, officer or item"),
    (7, "the record cannot be written or read"),
    (8, "the record was changed, cut or spliced"),
    (9, "seeds and secrets cannot be reached"),
    (10, "a channel's settings or answer cannot be used"),
    (11, "a list of recipients cannot be used as it stands"),
    (12, "a practice thing where a live one is wanted, or the reverse"),
    (13, "it went out wrong or in doubt: not everything was done"),
    (130, "stopped by Ctrl-C"),
    (141, "nobody read the output to its end"),
)
COMPLETION: Final = (
    "\b\nTab completes verbs, ids, steps and answers (in bash):\n"
    '  eval "$(_INCIDENT_COMPLETE=bash_source incident)"'
)
EPILOG: Final = "\n\n".join(
    ("\b\nExit codes:\n" + "\n".join(f"  {code:>3}  {words}" for code, words in EXIT_CODES), COMPLETION)
)


class Doors(click.Group):
    """The group of all verbs; none is imported before it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs' names, in the order of the help."""
        del ctx
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one verb."""
        del ctx
        verb = VERBS.get(cmd_name)
        if verb is None:
            return None
        module, _, name = verb.where.partition(":")
        command: click.Command = getattr(importlib.import_module(f"{__name__}.{module}"), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, and say what was probably meant."""
        if args and args[0] not in VERBS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0][:40], VERBS, n=1)
            hint = f" Did you mean {near[0]}?" if near else " Run incident --help to see the verbs."
            raise click.UsageError(f"There is no verb {args[0]!a}.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The verbs by section, from the list above: nothing is imported."""
        del ctx
        width = max(map(len, VERBS))
        for title, verbs in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), verb.help) for name, verb in verbs.items()])


def _width() -> int:
    """The columns for help, as click counts them: without its import of shutil, which help can do without."""
    try:
        columns = int(os.environ.get("COLUMNS") or os.get_terminal_size(2).columns)
    except (OSError, ValueError):
        columns = 80
    return max(50, min(columns, 100) - 2)


@click.group(
    cls=Doors,
    name=PROG,
    invoke_without_command=True,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "terminal_width": _width()},
)
@click.option("--linear", is_flag=True, help="Numbered questions, one fact a line, instead of the screen.")
@click.option("--json", "as_json", is_flag=True, help="Print what home shows as JSON, and return.")
@click.version_option(console.__version__, prog_name=PROG)
@click.pass_context
def doors(ctx: click.Context, *, linear: bool, as_json: bool) -> None:
    """Walk through a playbook while the organisation's own public channels are misused.

    Without a verb: home, with the open incidents, the playbooks and the drills. Every verb that changes something takes
    --as OFFICER, or INCIDENT_OFFICER.
    """
    if ctx.invoked_subcommand is None:
        from console.cli.opening import home

        home(linear=linear, as_json=as_json)


def main(args: list[str] | None = None) -> None:
    """The `incident` command: run a verb and leave with its exit code."""
    from console.cli.leaving import leave

    leave(doors, args, PROG)
