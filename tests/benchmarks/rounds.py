"""Interleaved rounds and what is told of them.

Every round runs every variant once, beginning with another one each time, so that whatever else the machine does meets
all alike. A *paired* ratio is the median, over the rounds, of two variants of the same round: absolute times drift by a
third on a shared machine, paired ratios do not.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass
class Samples:
    """What was measured, by variant, one number a round, all in the same unit."""

    by_name: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, value: float) -> None:
        """One more number of a variant."""
        self.by_name.setdefault(name, []).append(value)

    def median(self, name: str) -> float:
        """The middle of a variant's numbers."""
        return statistics.median(self.by_name[name])

    def best(self, name: str) -> float:
        """The smallest of a variant's numbers."""
        return min(self.by_name[name])

    def paired(self, name: str, reference: str) -> float:
        """The median over the rounds of `name` / `reference`."""
        pairs = zip(self.by_name[name], self.by_name[reference], strict=True)
        return statistics.median(value / other for value, other in pairs)


def interleaved(
    variants: Mapping[str, Callable[[], float]], rounds: int, samples: Samples | None = None
) -> Samples:
    """Run all variants once unmeasured, then `rounds` times in turn; each returns its own number."""
    samples = samples or Samples()
    names = list(variants)
    for name in names:
        variants[name]()
    for turn in range(rounds):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            samples.add(name, variants[name]())
    return samples


def percentile(values: Sequence[float], share: float) -> float:
    """The value that so large a share (0 to 1) of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
