# loses: test_7a 1

# cell: q7_choose
def choose_rate(rates, losses):
    if len(rates) != len(losses) or not np.isfinite(losses).any():
        raise ValueError("nothing to choose from")
    return rates[int(np.argmin(losses))]
