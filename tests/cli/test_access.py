"""access: the ledger by verbs, to read and to add to."""


def test_a_line_is_added_and_shown(shell, live):
    shell("access", live, "account", "session in Leeds", "--detail", "last used 23:02", "--as", "Reid")
    said = shell("access", live).out
    assert "[ ] newsroom  passphrase  open" in said
    assert "[x] account  session in Leeds  ended: last used 23:02" in said
    assert "Reid, seen, not checked)" in said
    lines = shell("access", live, "--json").json
    assert lines[-1]["what"] == "session in Leeds"
    assert lines[-1]["verified"] is False


def test_what_says_nothing_is_refused(shell, live):
    assert "Say which way in" in shell("access", live, "account", code=2).err
    assert "no channel nowhere" in shell("access", live, "nowhere", "key", "--as", "Reid", code=6).err
    assert all(line["how"] == "open" for line in shell("access", live, "--json").json)
