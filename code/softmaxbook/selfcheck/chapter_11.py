"""Chapter 11: the check-up of a loss, in PyTorch."""

from softmaxbook.selfcheck.core import property_of


def answers(check_up, loss_of, K=4):
    """The four answers of a check-up of a loss, as a list of booleans."""
    import torch

    found = check_up(loss_of, torch.arange(12) * 5 % 12 % K, K)
    found = found.values() if hasattr(found, "values") else found
    return [bool(answer) for answer in found]


def right_loss(Z, y, reduction="mean"):
    """The loss of PyTorch that a check-up must accept."""
    from torch.nn.functional import cross_entropy as loss

    return loss(Z, y, reduction=reduction)


def probability_of(Z, y):
    """Softmax probability of each label, a tensor (n,)."""
    return Z.softmax(dim=1).gather(1, y[:, None])[:, 0]


@property_of(
    "ex-11-checkup", "it returns four answers, in the order of the exercise"
)
def checkup_form(check_up):
    return len(answers(check_up, right_loss)) == 4


@property_of(
    "ex-11-checkup", "a right loss passes, for several numbers of classes"
)
def checkup_right(check_up):
    return all(all(answers(check_up, right_loss, K)) for K in (2, 4, 7))


@property_of(
    "ex-11-checkup",
    "where all logits are zero, it notices a loss that starts too high",
)
def checkup_first(check_up):
    found = answers(check_up, lambda Z, y: right_loss(Z, y) + 0.5)
    return not found[0] and found[2]


@property_of(
    "ex-11-checkup",
    "on logits that are right and sure, it notices a loss with a floor",
)
def checkup_sure(check_up):
    found = answers(check_up, lambda Z, y: right_loss(Z.softmax(dim=1), y))
    return found[0] and not found[1]


@property_of(
    "ex-11-checkup",
    "with two copies of a batch, it notices a sum in place of a mean",
)
def checkup_copies(check_up):
    found = answers(check_up, lambda Z, y: right_loss(Z, y, "sum") / 12)
    return found[0] and found[1] and not found[2] and found[3]


@property_of(
    "ex-11-checkup",
    "on logits that are wrong and very sure, it notices a zero gradient",
)
def checkup_zero(check_up):
    found = answers(
        check_up, lambda Z, y: -probability_of(Z, y).clamp(1e-7).log().mean()
    )
    return all(found[:3]) and not found[3]


@property_of("ex-11-checkup", "and a gradient that is not finite")
def checkup_finite(check_up):
    found = answers(check_up, lambda Z, y: -probability_of(Z, y).log().mean())
    return all(found[:3]) and not found[3]
