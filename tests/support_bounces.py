"""Bounces as mail systems write them, for tests: RFC 3464 in several hands, and words alone."""

from __future__ import annotations

SYSTEM = "MAILER-DAEMON@relay.example"


def dsn(
    recipient="ann@example.net",
    *,
    to="bounces@example.org",
    action="failed",
    status="5.1.1",
    said="550 5.1.1 <ann@example.net>: Recipient address rejected: User unknown",
    headers="",
    original="",
    more="",
):
    """A delivery status notification (RFC 3464), as Postfix writes it; `headers` are those of our mail that it returns."""
    return f"""Return-Path: <>
From: {SYSTEM} (Mail Delivery System)
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B/relay"

--B/relay
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--B/relay
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example
Arrival-Date: Fri, 19 Jul 2019 23:16:00 +0100

{f"Original-Recipient: rfc822;{original}" + chr(10) if original else ""}Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Remote-MTA: dns; mx.example.net
Diagnostic-Code: smtp; {said}
{more}
--B/relay
Content-Type: text/rfc822-headers

{headers}
--B/relay--
"""


def words(text, *, to="bounces@example.org", subject="failure notice", sender=SYSTEM, headers=""):
    """What a system says in words of its own, as qmail does."""
    return f"Return-Path: <>\nFrom: {sender}\nTo: {to}\nSubject: {subject}\n{headers}\n{text}\n"


def mbox(*found):
    """An mbox of them."""
    begun = (
        "From MAILER-DAEMON Fri Jul 19 23:16:00 2019\n" + one.replace("\nFrom ", "\n>From ") for one in found
    )
    return "\n".join(f"{each.rstrip(chr(10))}\n" for each in begun) + "\n"
