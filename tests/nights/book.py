"""The playbook of the nights: everything that the console does at a platform, without gates and words to type."""

from __future__ import annotations

from functools import cache

from console.playbook.load import load

NAME = "two-thousand-nights"
WARNING = "Messages posted here since 22:05 are not from us. Please ignore them. More at https://example.police.uk/now"
CLEAR = "Our channels are ours again. What was false is gone. Thank you for your patience."
CHANNELS = {
    "account": "[x, mastodon, bluesky]",
    "website": "website",
    "newsroom": "mynewsdesk",
}
HEAD = f"""\
format: 1
id: {NAME}
version: 1.0.0
title: Two thousand nights
opens-when: Something false stands on our channels.
texts:
  warning: {{kind: notice, known: "{WARNING}"}}
  clear: {{kind: all-clear, since: "{CLEAR}"}}
phases:
- id: night
  title: Night
  steps:
"""
STEPS = """\
  - {id: save, do: Save what is false, act: evidence.capture, check: evidence.complete}
  - {id: urgent, do: Remove what puts someone at risk, act: items.delete-at-risk, check: items.at-risk-absent}
  - {id: clear, do: Post the all-clear, text: clear, act: voices.post}
  - {id: sweep, do: Look whether all is gone, check: items.all-absent}
"""
OF_CHANNEL = {
    "account": """\
  - {id: warn, do: Warn the public, text: warning, act: account.post}
  - {id: pin, do: Pin the warning, act: account.pin, check: account.pinned}
  - {id: unpin, do: Unpin the warning, act: account.unpin, check: account.unpinned}
  - {id: account, do: Remove the false posts, act: account.delete, check: account.absent}
""",
    "website": """\
  - {id: website, do: Take down the false items, act: website.unpublish, check: website.absent}
""",
    "newsroom": """\
  - {id: newsroom, do: Take down the false releases, act: newsroom.unpublish, check: newsroom.absent}
""",
}


@cache
def book(*channels):
    """The playbook of an organisation that has these channels."""
    named = "".join(f"  {each}: {CHANNELS[each]}\n" for each in channels)
    text = f"{HEAD}{STEPS}{''.join(OF_CHANNEL[each] for each in channels)}channels:\n{named}"
    return load(f"{NAME}.yaml", lambda _path: text.encode())
