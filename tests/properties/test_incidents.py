"""Random whole incidents: whatever officers, clocks and channels do, the promises hold."""

from __future__ import annotations

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from support_incident import MINUTE, Play, shipped

from console.errors import NotFound, Refused
from console.incident import commands as c
from console.incident import events as e
from console.incident.answered import answered_by
from console.incident.board import board
from console.incident.board_box import stage_of
from console.incident.facts import outward
from console.incident.fold import fold_all
from console.incident.manifest import digest_of, from_bytes
from console.incident.planning import confirmation, gate_wants, step_of
from console.incident.question import question
from console.incident.state import CLOSE, State

OFFICERS = ("Reid", "Shah", "Lindqvist")
SEND = "notify-subscribers/send"
WORDS = st.sampled_from(
    ["", "0 sessions", "[/b] x", "\u202eevil", "23:16", "7", "done", "could-not", "yes", "nothing"]
)


class Incidents(RuleBasedStateMachine):
    """Officers do anything in any order; most of it is refused, none of it may break a promise."""

    @initialize(mode=st.sampled_from(["live", "practice"]), some=st.booleans())
    def opened(self, mode, some):
        named = shipped("press-channels-misused").playbook.channels if some else ()
        self.play = Play.open(mode=mode, configured={each.name: each.kinds[0] for each in named})
        self.errors = []

    def attempt(self, command):
        before = self.play.state
        try:
            self.play.do(command)
        except (Refused, NotFound) as error:
            self.errors.append(error)
            assert self.play.state is before

    def steps(self):
        return [step.name for step in self.play.state.playbook.steps()]

    def pick(self, number):
        steps = self.steps()
        return steps[number % len(steps)]

    @rule(ms=st.integers(0, 45 * MINUTE))
    def time_passes(self, ms):
        self.play.turn(ms)
        self.attempt(c.Tick())

    @rule(by=st.sampled_from(OFFICERS), data=st.data(), number=st.integers(0, 99), words=WORDS)
    def answers(self, by, data, number, words):
        step = step_of(self.play.state, self.pick(number))
        slugs = [choice.slug for choice in step.answer.choices] if step.answer is not None else []
        value = data.draw(st.sampled_from([*slugs, "done", "could-not", "0", "3", "nothing", "yes"]))
        ends = step.go.get(value) == "stand-down" and not data.draw(st.integers(0, 20))
        over = answered_by(self.play.state, step, self.play.now.wall) if data.draw(st.booleans()) else ""
        self.attempt(c.Answer(by=by, step=step.name, value=value, words=words, over=over, confirmed=ends))

    @rule(by=st.sampled_from(OFFICERS), number=st.integers(0, 99), minutes=st.integers(0, 30))
    def defers(self, by, number, minutes):
        self.attempt(c.Defer(by=by, step=self.pick(number), minutes=minutes))

    @rule(by=st.sampled_from(OFFICERS), number=st.integers(0, 99), reason=WORDS)
    def skips_or_waives(self, by, number, reason):
        self.attempt(c.Skip(by=by, step=self.pick(number), reason=reason))
        self.attempt(c.Waive(by=by, step=self.pick(number + 1), reason=reason))

    @rule(by=st.sampled_from(OFFICERS))
    def undoes(self, by):
        self.attempt(c.Undo(by=by))

    @rule(
        by=st.sampled_from(OFFICERS),
        channel=st.sampled_from(["account", "newsroom", "website", "nowhere"]),
        risk=st.booleans(),
        words=WORDS,
    )
    def sees(self, by, channel, risk, words):
        self.attempt(c.See(by=by, channel=channel, words=words, at_risk=risk))

    @rule(by=st.sampled_from(OFFICERS), item=st.integers(1, 4), where=WORDS)
    def saves_or_marks(self, by, item, where):
        self.attempt(c.Save(by=by, item=f"i{item}", where=where))
        self.attempt(c.Mark(by=by, item=f"i{item}", verdict="ours" if where == "7" else ""))
        self.attempt(c.Look(by=by))

    @rule(by=st.sampled_from(OFFICERS), words=WORDS)
    def writes(self, by, words):
        self.attempt(c.Note(by=by, text=words))
        text = self.play.state.playbook.texts[len(words) % len(self.play.state.playbook.texts)]
        self.attempt(c.EditText(by=by, text=text.slug, part=text.parts[0].name, words=words))

    @rule(by=st.sampled_from(OFFICERS), number=st.integers(0, 99), harm=st.booleans())
    def asks(self, by, number, harm):
        self.attempt(
            c.Ask(
                by=by,
                step=self.pick(number),
                nonce=f"{self.play.state.seq}",
                harm_now="a threat" if harm else "",
            )
        )

    @rule(
        by=st.sampled_from(OFFICERS),
        officer=st.sampled_from(OFFICERS),
        role=st.booleans(),
        how=st.sampled_from(["code", "code", "emergency"]),
        number=st.integers(0, 99),
    )
    def approves(self, by, officer, role, how, number):
        plans = list(self.play.state.plans.values())
        if plans:
            plan = plans[number % len(plans)]
            roles = ("approver",) if role else ()
            self.attempt(
                c.Approve(
                    by=by,
                    step=plan.step,
                    digest=plan.digest,
                    officer=officer,
                    roles=roles,
                    how=how,
                    reason="phone dead",
                )
            )

    @rule(by=st.sampled_from(OFFICERS), number=st.integers(0, 99), confirm=WORDS, harm=st.booleans())
    def acts_out_of_turn(self, by, number, confirm, harm):
        step = self.pick(number)
        nonce = f"a{self.play.state.seq}"
        self.attempt(
            c.Act(by=by, step=step, nonce=nonce, holder="h", confirm=confirm, harm_now="x" if harm else "")
        )

    @rule(
        by=st.sampled_from(OFFICERS),
        second=st.sampled_from(OFFICERS),
        number=st.integers(0, 99),
        harm=st.booleans(),
    )
    def goes_the_whole_way(self, by, second, number, harm):
        """Ask, both codes, the typed confirmation, act: what an officer does who has everything at hand."""
        state = self.play.state
        now = self.play.now.wall
        ready = [
            step.name
            for step in state.playbook.steps()
            if outward(step) and stage_of(state, step, now, by) in ("gate", "send", "interrupted")
        ]
        if not ready:
            return
        step = step_of(state, ready[number % len(ready)])
        self.attempt(
            c.Freeze(by=by, channel="mailer", ledger="l1", sha256="a" * 64, count=41_207, source="list.csv")
        )
        self.attempt(c.Ask(by=by, step=step.name, nonce=f"g{state.seq}", harm_now="a threat" if harm else ""))
        plan = self.play.state.plan_of(step.name)
        if plan is None:
            return
        for officer in (by, second):
            self.attempt(
                c.Approve(
                    by=by,
                    step=step.name,
                    digest=plan.digest,
                    officer=officer,
                    roles=("approver",),
                    how="code",
                    people="41207",
                )
            )
        confirm = confirmation(self.play.state, step, from_bytes(plan.raw.encode()))
        self.attempt(c.Act(by=by, step=step.name, nonce=f"h{state.seq}", holder="h", confirm=confirm))

    @rule(by=st.sampled_from(OFFICERS), second=st.sampled_from(OFFICERS))
    def mails_everybody(self, by, second):
        """The mailing, past what comes before it: by whoever has the codes, and at any time."""
        self.attempt(c.Waive(by=by, step=SEND, reason="no time"))
        self.attempt(
            c.Freeze(by=by, channel="mailer", ledger="l1", sha256="a" * 64, count=41_207, source="list.csv")
        )
        self.attempt(c.Ask(by=by, step=SEND, nonce=f"m{self.play.state.seq}"))
        plan = self.play.state.plan_of(SEND)
        for officer in (by, second) if plan is not None else ():
            self.attempt(
                c.Approve(
                    by=by, step=SEND, digest=plan.digest, officer=officer, roles=("approver",), people="41207"
                )
            )
        self.attempt(
            c.Act(by=by, step=SEND, nonce=f"n{self.play.state.seq}", holder="h", confirm=self.count())
        )

    @rule(
        by=st.sampled_from(OFFICERS), reports=st.sampled_from(["interrupted", "interrupted", "done", "doubt"])
    )
    def goes_on_with_a_mailing(self, by, reports):
        """Whoever sees a mailing that stopped types the count and hopes."""
        for effect in [each for each in self.play.state.effects.values() if each.step == SEND]:
            if effect.status == "intended" and not effect.guided:
                self.attempt(c.Report(effect=effect.id, outcome=reports, reason="the line broke"))
        self.attempt(
            c.Act(by=by, step=SEND, nonce=f"o{self.play.state.seq}", holder="h", confirm=self.count())
        )

    def count(self):
        return "41207" if self.play.state.live else "drill 41207"

    @rule(by=st.sampled_from(OFFICERS), data=st.data(), number=st.integers(0, 99))
    def tells_what_their_hands_did(self, by, data, number):
        state = self.play.state
        going = [effect for effect in state.effects.values() if effect.status == "intended" and effect.guided]
        if not going:
            return
        effect = going[number % len(going)]
        self.attempt(c.Shown(by=by, effects=(effect.id,)))
        choices = question(state, step_of(state, effect.step)).choices
        value = data.draw(st.sampled_from([choice.slug for choice in choices] or ["seen it"]))
        self.attempt(c.Answer(by=by, step=effect.step, value=value, words="0 left"))

    @rule(outcome=st.sampled_from(["done", "failed", "doubt", "interrupted"]), number=st.integers(0, 99))
    def reports(self, outcome, number):
        """An outcome, also one that comes late and again."""
        begun = [effect for effect in self.play.state.effects.values() if not effect.guided]
        if begun:
            self.attempt(c.Report(effect=begun[number % len(begun)].id, outcome=outcome, reason="because"))

    @rule(
        by=st.sampled_from(OFFICERS),
        verdict=st.sampled_from(["happened", "not", "unknown", "maybe"]),
        number=st.integers(0, 99),
    )
    def resolves(self, by, verdict, number):
        self.attempt(c.Resolve(by=by, step=self.pick(number), verdict=verdict))

    @rule(by=st.sampled_from(OFFICERS), to=st.sampled_from(OFFICERS), number=st.integers(0, 99))
    def moves(self, by, to, number):
        self.attempt(c.Move(by=by, step=self.pick(number), way_out=number % 2 == 0))
        if number > 90:
            self.attempt(c.HandOver(by=by, to=to))

    @rule(by=st.sampled_from(OFFICERS), reason=WORDS, number=st.integers(0, 9))
    def closes(self, by, reason, number):
        self.attempt(c.Ask(by=by, step=CLOSE, nonce="c", answer=reason))
        if number == 0:
            self.attempt(c.Close(by=by, reason=reason))

    @invariant()
    def the_same_events_make_the_same_state(self):
        state = self.play.state
        if state.seq % 7 == 0:
            assert fold_all(self.play.events) == state
            assert msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=State) == state

    @invariant()
    def every_effect_was_planned_approved_and_intended_in_that_order(self):
        state = self.play.state
        for effect in state.effects.values():
            plan = state.plans[effect.digest]
            assert digest_of(plan.raw.encode()) == effect.digest
            assert effect.id in {target.effect for target in from_bytes(plan.raw.encode()).targets}
            assert not gate_wants(step_of(state, effect.step), plan, effect.by)
            assert not plan.void or plan.started

    @invariant()
    def nobody_approves_what_they_wrote(self):
        state = self.play.state
        for plan in state.plans.values():
            gate = step_of(state, plan.step).gate
            writers = from_bytes(plan.raw.encode()).writers
            if plan.started and gate is not None and gate.not_writer:
                assert any(each.officer not in writers for each in plan.approvals)

    @invariant()
    def an_intent_has_one_outcome(self):
        outcomes = {}
        for event in self.play.events:
            if isinstance(event, e.EffectIntended):
                assert outcomes.get(event.effect) in (None, "interrupted")
                outcomes[event.effect] = "intended"
            elif isinstance(event, e.EffectDone | e.EffectFailed):
                assert outcomes[event.effect] in ("intended", "doubt")
                outcomes[event.effect] = "settled"
            elif isinstance(event, e.EffectInDoubt):
                assert outcomes[event.effect] == "intended"
                outcomes[event.effect] = "interrupted" if event.resumable else "doubt"

    @invariant()
    def only_a_mailing_goes_on(self):
        plans, recipients = self.play.state.plans, {}
        for event in self.play.events:
            if isinstance(event, e.EffectIntended):
                recipients[event.effect] = from_bytes(plans[event.digest].raw.encode()).recipients
                assert event.attempt == 1 or recipients[event.effect]
            elif isinstance(event, e.EffectInDoubt) and event.resumable:
                assert recipients[event.effect]

    @invariant()
    def every_refusal_says_why_and_what_helps(self):
        assert all(error.what and error.do for error in self.errors)
        self.errors.clear()

    @invariant()
    def every_officer_has_a_board(self):
        if self.play.state.seq % 5 == 0:
            for officer in (*OFFICERS, "nobody"):
                shown = board(self.play.state, self.play.now.wall, officer)
                assert shown.live == (shown.mode == "live")
                assert len([row for phase in shown.phases for row in phase.rows]) == len(self.steps())


Incidents.TestCase.settings = settings(
    max_examples=20, stateful_step_count=200, deadline=None, suppress_health_check=list(HealthCheck)
)
TestIncidents = Incidents.TestCase
