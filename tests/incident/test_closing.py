"""What closing leaves undone is said before it: a notice that stays pinned for months began as a step that was forgotten."""

from support_incident import Play

from console.incident.decide import open_critical, still_to_do


def test_what_is_not_critical_and_not_done_is_named_with_its_number():
    play = Play.open()
    left = still_to_do(play.state, play.now.wall)
    assert "8.4 Unpin the notice" in left
    assert "2.2 Post the notice from @ExamplePolice too" in left
    numbers = play.state.playbook.numbers
    critical = {numbers[name] for name in open_critical(play.state, play.now.wall)}
    assert not critical & {each.partition(" ")[0] for each in left}


def test_what_was_done_and_what_is_not_needed_is_not():
    from console.incident import commands as c

    play = Play.open(answers={"reached": "account"})
    play.do(c.Answer(by="Reid", step="confirm/look", value="false-posts"))
    left = still_to_do(play.state, play.now.wall)
    assert not any(each.startswith("1.1 ") for each in left)
    assert not any("subscribers" in each for each in left)  # nobody was mailed


def test_what_the_public_still_sees_is_named_first():
    play = Play.open()
    first = still_to_do(play.state, play.now.wall)[:2]
    assert set(first) == {"8.4 Unpin the notice", "8.5 Take the notice off the website"}
