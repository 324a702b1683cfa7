"""What the record says, held against what is so at that moment: on the platforms, and on the disk.

Nothing is raised where it is seen, since whoever looks may be inside the console; `wrong` is asked after every move.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from functools import singledispatchmethod

from nights.edges import LOOKS, UNANSWERED

from console.incident import events as e
from console.incident.facts import ABSENCES, concerned
from console.incident.manifest import from_bytes
from console.incident.posted import posted

REMOVE = ("delete", "unpublish")
_TAG = re.compile(b"<[^<>]*>")
TELLING = ("", *LOOKS)
LATE = 200_000  # ms for which a platform may go on showing what is gone


@dataclass
class Begun:
    """An effect that the console carries out itself.

    Attributes:
        verb, channel, text: what it does where, with which words.
        about: the link or id that it is about.
        passed: how many requests had passed when it was written down.
        before: what stood there then.
        over: whether its end was told.
        unknown: whether nobody could know its end then.
    """

    verb: str
    channel: str
    text: str
    about: str
    passed: int
    before: object = None
    over: bool = False
    unknown: bool = False


class Truth:
    """One night's.

    Args:
        places: the platforms by channel.
        folder: where evidence is kept.
        tally: how often each kind of thing came about.

    Attributes:
        wrong: everything that was not so.
        passed: every request: the channel, whether it would change something, what went wrong.
        hoaxes, honest: words by link, of what others published.
        harmed: links of what an officer had removed at once, saved or not.
        went: boot ms at which something was taken away, by its link.
        suggested: what the last look into a doubt said, by effect.
        seq: how many entries of the record were read.
    """

    def __init__(self, places, folder, tally):
        self.places, self.folder, self.tally = places, folder, tally
        self.wrong = []
        self.passed = []
        self.hoaxes, self.honest = {}, {}
        self.harmed, self.went = set(), {}
        self.suggested = {}
        self.seq = 0
        self._begun = {}
        self._denied = set()  # effects that were said not to have happened
        self._over = {}  # requests that had passed when the last effect of a channel ended
        self._captures = {}  # what each manifest on the disk is a capture of

    def say(self, so, words):
        """Note what is not so."""
        if not so:
            self.wrong.append(words)

    # -- at the platforms --------------------------------------------------------------------------------------------

    def place_of(self, stand):
        return next(each for each in self.places.values() if each.stand is stand)

    def acts(self, stand, request):
        """A platform is about to carry a request out."""
        link = self.place_of(stand).removed_by(request)
        if not link or not self.place_of(stand).stands(link):
            return
        self.tally["removed"] += 1
        self.went[link] = self.place_of(stand).clock.now().boot
        self.say(link in self.hoaxes, f"{link} was removed, which is not false")
        if link in self.harmed and not self.saved(link):
            self.tally["removed at once"] += 1
        else:
            self.say(self.saved(link), f"{link} was removed before it was saved")

    def acted(self, stand, request):
        """A platform carried a request out."""
        place = self.place_of(stand)
        if place.change(request) == "post":
            self.tally["posted"] += 1
            for begun in self._begun.values():
                once = begun.verb != "post" or len(self.places[begun.channel].made(begun.text)) <= 1
                self.say(once, f"posted twice on {begun.channel}: {begun.text}")

    def on_its_way(self, stand):
        """The effect that a request of this moment is part of; empty when nobody wrote one down."""
        name = self.place_of(stand).name
        open_ = (effect for effect, each in self._begun.items() if each.channel == name and not each.over)
        return next(open_, "")

    def late(self, effect, act):
        """A platform carries out what nobody waits for any more, of that effect."""
        begun = self._begun.get(effect)
        before = self._mark(begun) if begun is not None else None
        act()
        self.tally["arrived late"] += 1
        if begun is not None and effect in self._denied:
            self.say(self._mark(begun) == before, f"{effect} happened after it was said that it did not")

    def saved(self, link):
        """Whether a capture of it is on the disk: every file under its own SHA-256, its words in one of them."""
        for path in self.folder.glob("*.json"):
            if path not in self._captures:
                self._captures[path] = self._capture(path)
        return link in self._captures.values()

    def _capture(self, path):
        raw = path.read_bytes()
        told = json.loads(raw)
        packed = {path.name: raw}
        packed |= {f"{each}.warc.gz": (self.folder / f"{each}.warc.gz").read_bytes() for each in told["kept"]}
        whole = all(hashlib.sha256(raw).hexdigest() == name.partition(".")[0] for name, raw in packed.items())
        words = self.hoaxes.get(told["item"], "").encode() or b"-"
        shown = any(
            words in _TAG.sub(b"", gzip.decompress(raw)) for name, raw in packed.items() if ".gz" in name
        )
        return told["item"] if whole and shown else ""

    def _mark(self, begun):
        """What stands there that the effect would change."""
        place = self.places.get(begun.channel)
        if begun.verb == "post":
            return len(place.made(begun.text))
        if begun.verb in REMOVE:
            return place.stands(begun.about)
        return place.pinned() if begun.verb in ("pin", "unpin") else None

    def _happened(self, begun):
        mark = self._mark(begun)
        if begun.verb == "post":
            return mark > begun.before
        if begun.verb in REMOVE:
            return not mark
        return (mark == begun.about) is (begun.verb == "pin")

    def _unknown(self, begun):
        """Whether something that it asked for got no answer, and nothing was answered since that could tell."""
        since = max(begun.passed, self._over.get(begun.channel, 0))
        seen = [each for each in self.passed[since:] if each[0] == begun.channel]
        open_ = [n for n, (_, change, word) in enumerate(seen) if change and word in UNANSWERED]
        return bool(open_) and not any(word in TELLING for _, _, word in seen[open_[-1] :])

    # -- in the record -----------------------------------------------------------------------------------------------

    def see(self, state, events):
        """The record says more."""
        for event in events:
            self.seq += 1
            self._look(event, state)

    @singledispatchmethod
    def _look(self, event, state):
        """Nothing of this kind can be wrong."""

    @_look.register
    def _(self, event: e.EffectIntended, state):
        manifest = from_bytes(state.plans[event.digest].raw.encode())
        target = next(each for each in manifest.targets if each.effect == event.effect)
        self.tally["by hand" if event.guided else f"began {target.verb}"] += 1
        if not event.guided:
            begun = Begun(target.verb, event.channel, manifest.text, target.remote, len(self.passed))
            self._begun[event.effect] = begun
            begun.before = self._mark(begun)

    @_look.register
    def _(self, event: e.EffectDone, state):
        begun = self._ended(event.effect)
        if begun is None or begun.verb == "capture":
            self.say(begun is not None or not event.verified, f"{event.effect} is said to be verified")
            return
        self.tally[f"done {begun.verb}"] += 1
        self.say(self._happened(begun), f"{event.effect} is said to be done")
        self.say(not begun.unknown, f"{event.effect} is said to be done, which nobody can know")
        if begun.verb == "post":
            made = self.places[begun.channel].made(begun.text)
            self.say(event.remote in made, f"{event.effect} is said to have made {event.remote}")

    @_look.register
    def _(self, event: e.EffectFailed, state):
        begun = self._ended(event.effect)
        if begun is None or begun.verb == "capture":
            return
        self.tally[f"failed {begun.verb}"] += 1
        self._denied.add(event.effect)
        self.say(self._mark(begun) == begun.before, f"{event.effect} is said to have failed")
        self.say(not begun.unknown, f"{event.effect} is said to have failed, which nobody can know")

    @_look.register
    def _(self, event: e.EffectInDoubt, state):
        begun = self._ended(event.effect)
        if begun is not None:
            self.tally[f"doubt {begun.verb}"] += 1

    def _ended(self, effect):
        begun = self._begun.get(effect)
        if begun is not None:
            begun.over, begun.unknown = True, self._unknown(begun)
            self._over[begun.channel] = len(self.passed)
        return begun

    @_look.register
    def _(self, event: e.EffectProbed, state):
        begun = self._begun.get(event.effect)
        self.tally[f"probed: {event.suggests}"] += 1
        self.suggested[event.effect] = event.suggests
        if begun is None or event.suggests == "unknown":
            return
        so = self._happened(begun) is (event.suggests == "happened")
        self.say(so, f"of {event.effect} a look suggests: {event.suggests}")
        if event.suggests == "not":
            self._denied.add(event.effect)

    @_look.register
    def _(self, event: e.Checked, state):
        check = state.playbook.step(event.step).check
        self.tally[f"{check.verb} {event.verdict}"] += 1
        if check.verb in ABSENCES:
            self._absent(event, state, concerned(state, check))
        elif event.verdict != "agrees":
            return
        elif check.verb == "complete":
            unsaved = [each.id for each in state.items.values() if each.saved and not self.saved(each.link)]
            self.say(not unsaved, f"{unsaved} are said to be saved")
        else:
            pinned = self.places[check.channel].pinned()
            so = (pinned == posted(state, check.channel)) is (check.verb == "pinned")
            self.say(so, f"{event.step} is said to be {check.verb}, and {pinned} is pinned")

    def _absent(self, event, state, items):
        standing = [each.link for each in items if self.places[each.channel].stands(each.link)]
        if event.verdict == "agrees":
            self.say(not standing, f"{event.step} is said to be gone: {standing}")
        elif event.verdict == "disagrees" and not any(each.suspect for each in state.items.values()):
            late = [each for each in items if event.boot - self.went.get(each.link, -LATE) < LATE]
            self.say(bool(standing or late), f"{event.step} is said to stand there: {event.raw}")

    @_look.register
    def _(self, event: e.ItemSaved, state):
        if not event.by_hand:
            self.tally["saved"] += 1
            self.say(self.saved(state.items[event.item].link), f"{event.item} is said to be saved")

    @_look.register
    def _(self, event: e.ItemGone, state):
        item = state.items[event.item]
        if event.verified:
            self.say(not self.places[item.channel].stands(item.link), f"{item.link} is said to be gone")

    @_look.register
    def _(self, event: e.ItemSeen, state):
        self.tally["seen"] += 1
        self.say(event.link in {**self.hoaxes, **self.honest}, f"{event.link} is taken for a stranger's")

    @_look.register
    def _(self, event: e.Alarm, state):
        self.say(False, f"an alarm: {event}")
