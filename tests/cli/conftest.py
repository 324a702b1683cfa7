"""The `incident` command as people and scripts meet it: real processes, a home of their own, an encrypted vault."""

from __future__ import annotations

import pytest
from support_shell import Shell


@pytest.fixture
def shell(tmp_path) -> Shell:
    """A machine of its own: INCIDENT_HOME, a passphrase file, nobody enrolled."""
    return Shell(tmp_path)


@pytest.fixture
def live(shell):
    """The id of a live incident that Reid opened from the model playbook."""
    return shell("open", "press-channels-misused", "--json", "--as", "Reid").json["id"]


@pytest.fixture
def drill(shell):
    """The id of a drill that Reid began."""
    return shell("drill", "--json", "--as", "Reid", "--seed", "7").json["id"]
