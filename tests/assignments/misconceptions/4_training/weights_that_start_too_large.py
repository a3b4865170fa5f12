# loses: test_2a 1

# cell: q2_start
def start(d, K, seed):
    W = np.random.default_rng(seed).normal(0, 1, size=(d, K))
    return W.astype(np.float32), np.zeros(K, dtype=np.float32)
