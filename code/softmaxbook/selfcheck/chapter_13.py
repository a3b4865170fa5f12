"""Chapter 13: the largest penalty within one standard error."""

import numpy as np

from softmaxbook.selfcheck.core import property_of

DECAYS = np.array([1e-4, 1e-3, 1e-2])


def losses_with_excess(*excess, n=100):
    """Losses (penalties, n) whose excess over the first has given means.

    The means are in standard errors of the excess, whose standard
    deviation is a tenth of a nat.
    """
    rng = np.random.default_rng(13)
    best, spread = rng.uniform(0, 2, size=n), rng.normal(size=n)
    spread = (spread - spread.mean()) / spread.std(ddof=1)
    return np.stack(
        [best, *(best + 0.1 * (spread + e / np.sqrt(n)) for e in excess)]
    )


@property_of("ex-13-one-error", "it returns one of the penalties")
def one_error_form(choose):
    chosen = choose(losses_with_excess(0.5, 3.0), DECAYS)
    return np.ndim(chosen) == 0 and float(chosen) in DECAYS.tolist()


@property_of(
    "ex-13-one-error", "among penalties with equal losses it takes the largest"
)
def one_error_equal(choose):
    losses = np.tile(losses_with_excess()[0], (3, 1))
    return choose(losses, DECAYS) == DECAYS[2]


@property_of(
    "ex-13-one-error",
    "an excess that is the same for every example is never accepted",
)
def one_error_constant(choose):
    best = losses_with_excess()[0]
    return (
        choose(np.stack([best, best + 0.5, best + 0.01]), DECAYS) == DECAYS[0]
    )


@property_of(
    "ex-13-one-error",
    "an excess a little below one standard error is accepted",
)
def one_error_inside(choose):
    return choose(losses_with_excess(0.2, 0.9), DECAYS) == DECAYS[2]


@property_of(
    "ex-13-one-error", "an excess a little above one standard error is refused"
)
def one_error_outside(choose):
    return choose(losses_with_excess(1.1, 1.2), DECAYS) == DECAYS[0]


@property_of(
    "ex-13-one-error", "what examples cost under every penalty plays no role"
)
def one_error_paired(choose):
    for excess in ((1.5, 2.0), (0.5, 3.0), (0.2, 0.8)):
        losses = losses_with_excess(*excess)
        without = losses - losses[0] + 2
        if choose(losses, DECAYS) != choose(without, DECAYS):
            return False
    return True


@property_of("ex-13-one-error", "the order of the penalties plays no role")
def one_error_order(choose):
    losses = losses_with_excess(0.8, 3.0)
    return (
        choose(losses[::-1], DECAYS[::-1])
        == choose(losses, DECAYS)
        == choose(losses[[1, 2, 0]], DECAYS[[1, 2, 0]])
    )


@property_of(
    "ex-13-one-error",
    "a worse penalty in between does not hide a larger acceptable one",
)
def one_error_between(choose):
    return choose(losses_with_excess(3.0, 0.5), DECAYS) == DECAYS[2]
