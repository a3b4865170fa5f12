# loses: test_3b 1, test_3c 1

# cell: q3_logs
def logsumexp(Z):
    return np.log(np.exp(Z).sum(axis=-1))


def log_softmax(Z):
    return Z - logsumexp(Z)[..., None]
