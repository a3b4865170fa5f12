# loses: test_3c 1

# cell: q3_logs
def logsumexp(Z):
    Z = np.asarray(Z)
    m = Z.max(axis=-1, keepdims=True)
    return m[..., 0] + np.log(np.exp(Z - m).sum(axis=-1))


def log_softmax(Z):
    return Z - logsumexp(Z)[..., None]
