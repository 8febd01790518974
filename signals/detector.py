"""The detector: a z-score of the newest window of each series against its own past, for many series at once.

    expected = share of the past x exposure of the window x seasonal factor        stories
    sigma^2  = max(variance of the past, expected) + bias^2
    z        = (count - expected) / sigma

- The tested window is never part of its own baseline: z could then not exceed sqrt(n - 1).
- The share is an exponentially weighted mean (half-life `half_life` windows) of stories per story read (the
  exposure), so weekends, holidays and sources that come and go change the expectation and raise no alarm. The
  exposure may differ from series to series (see signals.expectation.exposure).
- Past spikes are clipped at mean + `clip` sigma, in `rounds` iterations, so that yesterday's launch neither hides
  today's growth nor inflates sigma for a month.
- Sigma is never below counting noise (Poisson: variance = mean) plus `bias` stories for what we can't know:
  the bias term of SigniTrend (Schubert, Weiler, Kriegel, KDD 2014). A name without a past has next to nothing
  expected and z = count / bias: finite, and growing with the evidence.
- Windows without any exposure are left out.
- A series with little data leans on its kind (signals.expectation.shrinkage): for the share of a name that was hardly
  ever mentioned, for overdispersion, and for weekdays.

`variance` gives the probability of a count by chance: with the mean it defines a gamma-Poisson (negative binomial)
distribution, see signals.false_discovery. The z-score is for people; an alarm needs both.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from signals.expectation.baseline import fit_baseline
from signals.expectation.seasonality import seasonal_factor
from signals.expectation.series import CountTable, clean_counts, safe_ratio, sum_by_row
from signals.expectation.shrinkage import NO_PRIOR, Prior

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Rules:
    """Windows, baseline and thresholds of the detector."""

    width: int = 24
    """Hours of a window: 24, scored with every poll; 168 for weeks; a divisor of 24 for parts of a day."""
    history: int = 90
    """Earlier windows in the baseline."""
    half_life: float = 30.0
    """Windows after which a past window has half its weight."""
    bias: float = 1.5
    """Stories; between 1 (more alerts) and 2 (fewer)."""
    clip: float = 3.0
    """Sigma above the mean at which past counts are clipped."""
    rounds: int = 3
    """Iterations of clipping."""
    level: float = 4.0
    """z-score from which a series is spiking; for its false alarms see signals.false_discovery."""
    min_stories: int = 5
    min_outlets: int = 3
    least_history: int = 7
    """Earlier windows with exposure, below which there is too little data to say."""


def widen(counts: Array, read: Array, rules: Rules, times: int) -> tuple[Array, Array, Rules]:
    """Counts, exposure and rules for windows `times` as wide that end at the same moment.

    counts: shape (series, windows); read: shape (windows,). Windows left over at the beginning are dropped.
    """
    number = counts.shape[1] // times
    kept = number * times
    wide = counts[:, counts.shape[1] - kept :].reshape(len(counts), number, times).sum(axis=2)
    wide_read = read[len(read) - kept :].reshape(number, times).sum(axis=1)
    half_life = rules.half_life / times
    return wide, wide_read, replace(rules, width=rules.width * times, history=number - 1, half_life=half_life)


@dataclass(frozen=True)
class Scores:
    """The z-score of each series and what it is made of; arrays of shape (series,), in stories unless stated."""

    count: Array
    expected: Array
    sigma: Array
    z: Array
    variance: Array
    """Of the count by chance, in stories squared: counting noise, overdispersion, and uncertainty of the mean."""
    extra: Array
    """Stories that a flooding source explains; they are part of both `count` and `expected`."""
    windows: int
    """Earlier windows with exposure: n of the baseline."""
    floored: NDArray[np.bool_]
    """Whether sigma is counting noise (plus bias), since the variance of the past is lower."""
    share: Array
    """Stories on the series per story read, usually."""
    season: Array
    """Seasonal factor of the tested window; 1 where there is none."""
    exposure: Array
    """Stories read in each window: shape (windows,), or (series, windows) where it differs from series to series."""

    def take(self, rows: NDArray[np.int64]) -> "Scores":
        """The scores of some series, in the given order."""
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
            self.season[rows],
            self.exposure if self.exposure.ndim == 1 else self.exposure[rows],
        )

    def put(self, rows: NDArray[np.int64], others: "Scores") -> "Scores":
        """The same with the scores of some series replaced; `exposure` and `windows` stay."""

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
            season=mixed(self.season, others.season),
        )

    def baseline(self, row: int) -> Array:
        """Expected stories of one series in each window, for charts: shape (windows,)."""
        read = self.exposure if self.exposure.ndim == 1 else self.exposure[row]
        found: Array = self.share[row] * read
        found[-1] = self.expected[row]
        return found


def score(
    counts: CountTable | Array,
    read: Array,
    rules: Rules,
    chance: Array | None = None,
    prior: Prior = NO_PRIOR,
    extra: Array | None = None,
) -> Scores:
    """Scores the last window of each series.

    counts: a CountTable, or an array of shape (series, windows), oldest first.
    read: exposure, in stories read from all sources, shape (windows,); or of each series, shape (series, windows).
    chance: for pairs, shape (series,): stories of the last window that would mention both names if these were
    independent; the expectation is never lower.
    prior: what is usual for series of the same kind.
    extra: shape (series,): stories of the last window that a flooding source explains (signals.expectation.exposure);
    they are added to the expectation.
    Negative and non-finite numbers count as 0. Raises ValueError when the shapes do not match.
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
    # The share is shrunk towards that of the kind, as if by `strength` more stories: little data leans on it most.
    strength = prior.strength if past.weight.any() else 0.0
    season, season_variance = seasonal_factor(
        past.clipped, past.share, read, past.weight, past.variance, rules.width, prior.seasonality
    )
    share = safe_ratio(past.stories + strength, past.read + safe_ratio(strength, prior.share))
    # With no exposure in the tested window nothing is expected either.
    usual = share * season * read[..., -1]
    if chance is not None:
        usual = np.maximum(usual, clean_counts(chance))
    explained = np.zeros(table.rows) if extra is None else np.minimum(clean_counts(extra), count)
    expected = usual if extra is None else usual + explained
    sigma = np.sqrt(np.maximum(past.variance, expected) + rules.bias**2)
    variance = prior.variance(usual, past.variance, past.mean_variance) * (1 + past.mean_variance)
    if season_variance.any():
        variance += season_variance * usual**2
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
        season,
        read,
    )


def concat_scores(one: Scores, other: Scores) -> Scores:
    """The scores of two sets of series over the same windows, one after the other."""

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
        both("season"),
        one.exposure,
    )
