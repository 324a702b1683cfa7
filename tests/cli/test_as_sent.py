"""The whole mail, read from the shell before anything is approved."""

from __future__ import annotations

SEND = "notify-subscribers/send"


def set_up(shell, **more):
    given = {"kind": "mail", "host": "127.0.0.1", "tls": "none", "from": "Press <press@example.org>", **more}
    shell("channels", "set", "mailer", *(f"{name}={value}" for name, value in given.items()))
    return shell("open", "notify-subscribers", "--json", "--as", "Reid").json["id"]


def test_a_text_or_a_step_is_read_as_the_mail_it_becomes(shell):
    incident = set_up(shell, html="no")
    by_step = shell("text", incident, SEND, "--as-sent", "--to", "ann@example.net", "--as", "Reid").out
    assert by_step.startswith("Envelope: from press@example.org to ann@example.net, ")
    assert "\nTo: ann@example.net\n" in by_step
    assert "\n-- text/plain, 7bit --\n" in by_step
    assert "text/html" not in by_step
    by_text = shell("text", incident, "correction", "--as-sent", "--as", "Reid", "--json").json
    assert by_text["step"] == SEND
    assert "Auto-Submitted: auto-generated" in by_text["mail"]


def test_where_no_mail_is_made_that_is_said(shell, live):
    ran = shell("text", live, SEND, "--as-sent", "--as", "Reid", code=4)
    assert "mailed by hand" in ran.err
    ran = shell("text", live, "contain/cut-link", "--as-sent", "--as", "Reid", code=4)
    assert "mails nothing" in ran.err
