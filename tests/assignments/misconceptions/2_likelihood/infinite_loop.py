# loses: test_3b 2, test_3c 1

# cell: q3_bias
def best_bias(Z, y, k):
    share = np.mean(y == k)
    a = Z[:, k] - logsumexp(np.delete(Z, k, axis=1))
    odds = np.log(share / (1 - share))
    low, high = odds - a.max(), odds - a.min()
    while high - low > 0:
        c = (low + high) / 2
        if bias_slope(Z, y, k, c) < 0:
            low = c
        else:
            high = c
    return c
