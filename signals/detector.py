"""How unusual the newest window of a series is: a z against its own past, many series at once.

    expected = share of the past x what was read now x rhythm
    sigma^2  = max(variance of the past, expected) + bias^2
    z        = (count - expected) / sigma

- The tested window is never part of its own baseline: there z could not exceed sqrt(n - 1).
- The share is an exponentially weighted mean (half-life `half_life` windows) of the count per story
  read, so weekends, holidays and sources that come and go change the expectation, not the news.
  What was read may be given for each series of its own (see signals.expectation.exposure).
- Past spikes are clipped: a count above share + `clip` sigma is taken as that, in `rounds` rounds, so
  that yesterday's launch does not hide today's growth and last month's does not dull the month.
- Sigma never falls below what counting itself makes (Poisson: variance = mean), plus `bias` stories
  for what we can't know: SigniTrend's bias term (Schubert, Weiler, Kriegel, KDD 2014). A name with no
  past has hardly anything expected and z = count / bias: finite, and it grows with the evidence.
- Windows in which nothing was read say nothing and are left out.
- What a thin series can't tell by itself it takes from its kind (`signals.expectation.shrinkage`): the share of a name
  that was hardly ever told of, how much more than by chance counts vary, and how much weekdays differ.

How likely a count is by chance is told by `variance`: with it and the mean the count is a gamma-Poisson
(negative binomial), see signals.false_discovery. Z is for people; both decide.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from signals.expectation.baseline import fit_baseline
from signals.expectation.seasonality import seasonal_factor
from signals.expectation.series import CountTable, clean_counts, safe_ratio, sum_by_row
from signals.expectation.shrinkage import ALONE, Prior

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Rules:
    """What the detector looks at, and from where it speaks."""

    width: int = 24
    """Hours of a window: 24, looked at with every poll; 168 for weeks; a part of 24 for parts of a day."""
    history: int = 90
    """Earlier windows looked at."""
    half_life: float = 30.0
    """Windows after which the past weighs half."""
    bias: float = 1.5
    """Stories added to sigma; between 1 (more alerts) and 2 (fewer)."""
    clip: float = 3.0
    rounds: int = 3
    level: float = 4.0
    """The z from which it is a spike; how many false alarms go with it is told in signals.false_discovery."""
    min_stories: int = 5
    min_outlets: int = 3
    least_history: int = 7
    """Earlier windows with anything read, below which there is too little to say."""


def widen(counts: Array, read: Array, rules: Rules, times: int) -> tuple[Array, Array, Rules]:
    """The same in windows `times` as wide, ending at the same moment: counts, what was read, and the rules for them.

    counts: shape (series, windows). What is left over at the beginning is cut off.
    """
    number = counts.shape[1] // times
    kept = number * times
    wide = counts[:, counts.shape[1] - kept :].reshape(len(counts), number, times).sum(axis=2)
    told = read[len(read) - kept :].reshape(number, times).sum(axis=1)
    half_life = rules.half_life / times
    return wide, told, replace(rules, width=rules.width * times, history=number - 1, half_life=half_life)


@dataclass(frozen=True)
class Scores:
    """For each series, what its z is made of; arrays of the same length."""

    count: Array
    expected: Array
    sigma: Array
    z: Array
    variance: Array
    """Of a count that comes by chance: of counting, of how the kind varies, and of not knowing the mean exactly."""
    extra: Array
    """Of the count and of what was expected: stories that a source explains, which no chance need bring."""
    windows: int
    """Earlier windows with anything read: n of the baseline."""
    floored: NDArray[np.bool_]
    """Whether sigma is what counting alone makes."""
    share: Array
    """The part of what was read in a window that is usually on it."""
    usual: Array
    """The factor of the tested window in the series' rhythm: 1 where there is none."""
    exposure: Array
    """What was read in every window: shape (windows,), or (series, windows) where each has its own."""

    def take(self, rows: NDArray[np.int64]) -> "Scores":
        """The scores of some series, in the order given."""
        return Scores(
            self.count[rows],
            self.expected[rows],
            self.sigma[rows],
            self.z[rows],
            self.variance[rows],
            self.extra[rows],
            self.windows,
            self.floored[rows],
            self.share[rows],
            self.usual[rows],
            self.exposure if self.exposure.ndim == 1 else self.exposure[rows],
        )

    def put(self, rows: NDArray[np.int64], others: "Scores") -> "Scores":
        """The same with other scores in some places. What was read stays that of all."""

        def mixed(one: Array, other: Array) -> Array:
            found = one.copy()
            found[rows] = other
            return found

        floored = self.floored.copy()
        floored[rows] = others.floored
        return replace(
            self,
            count=mixed(self.count, others.count),
            expected=mixed(self.expected, others.expected),
            sigma=mixed(self.sigma, others.sigma),
            z=mixed(self.z, others.z),
            variance=mixed(self.variance, others.variance),
            extra=mixed(self.extra, others.extra),
            floored=floored,
            share=mixed(self.share, others.share),
            usual=mixed(self.usual, others.usual),
        )

    def baseline(self, row: int) -> Array:
        """What was to be expected of one series in every window, for charts: shape (windows,)."""
        read = self.exposure if self.exposure.ndim == 1 else self.exposure[row]
        known: Array = self.share[row] * read
        known[-1] = self.expected[row]
        return known


def score(
    counts: CountTable | Array,
    read: Array,
    rules: Rules,
    chance: Array | None = None,
    kin: Prior = ALONE,
    extra: Array | None = None,
) -> Scores:
    """Scores the last window of each series.

    counts: a Table, or an array of shape (series, windows), oldest first.
    read: stories read from all sources, shape (windows,); or what each series is measured against, (series, windows).
    chance: for pairs, how many stories in the last window would name both if the names had nothing to
    do with each other; the expectation is never lower.
    kin: what is usual for series of their kind.
    extra: for each series, stories of the last window that a source explains and not the news
    (signals.expectation.exposure); they are added to what is expected.
    Negative and non-finite numbers count as 0. Raises ValueError when the shapes do not fit.
    """
    if isinstance(counts, np.ndarray) and counts.ndim != 2:
        raise ValueError(f"counts {counts.shape} do not fit: (series, windows)")
    table = counts if isinstance(counts, CountTable) else CountTable.dense(counts)
    shape = (table.rows, table.windows)
    if read.shape not in {shape[1:], shape} or table.windows < 1:
        raise ValueError(f"counts {shape} and read {read.shape} do not fit: (series, windows) and (windows,)")
    for name, given in (("chance", chance), ("extra", extra)):
        if given is not None and given.shape != shape[:1]:
            raise ValueError(f"{name} {given.shape} does not fit counts {shape}: one for each series")
    table = CountTable(table.row, table.window, clean_counts(table.count), *shape)
    read = clean_counts(read)
    last = table.window == table.windows - 1
    count = sum_by_row(table.row[last], table.count[last], table.rows)
    past = fit_baseline(table, read, rules.half_life, rules.bias, rules.clip, rules.rounds)
    # A story more for the kind's share of what was read: a thin series leans on its kind, a long one hardly.
    prior = kin.thin if past.weight.any() else 0.0
    rhythms, doubts = seasonal_factor(
        past.clipped, past.share, read, past.weight, past.variance, rules.width, kin.rhythm
    )
    share = safe_ratio(past.stories + prior, past.read + safe_ratio(prior, kin.share))
    # Nothing was read in the tested window itself: then nothing was missed, and nothing is expected.
    usual = share * rhythms * read[..., -1]
    if chance is not None:
        usual = np.maximum(usual, clean_counts(chance))
    explained = np.zeros(table.rows) if extra is None else np.minimum(clean_counts(extra), count)
    expected = usual if extra is None else usual + explained
    sigma = np.sqrt(np.maximum(past.variance, expected) + rules.bias**2)
    variance = kin.variance(usual, past.variance, past.doubt) * (1 + past.doubt)
    if doubts.any():
        variance += doubts * usual**2
    return Scores(
        count,
        expected,
        sigma,
        (count - expected) / sigma,
        variance,
        explained,
        int((read.reshape(-1, shape[1])[:, :-1] > 0).any(axis=0).sum()),
        past.variance <= expected,
        share,
        rhythms,
        read,
    )


def beside(one: Scores, other: Scores) -> Scores:
    """The scores of two lots of series that were measured in the same windows, as those of one."""

    def both(name: str) -> Array:
        return np.concatenate([getattr(one, name), getattr(other, name)])

    return Scores(
        both("count"),
        both("expected"),
        both("sigma"),
        both("z"),
        both("variance"),
        both("extra"),
        one.windows,
        np.concatenate([one.floored, other.floored]),
        both("share"),
        both("usual"),
        one.exposure,
    )
