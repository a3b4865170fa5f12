# loses: test_4b 1

# cell: q4_soft
def soft_cross_entropy(Z, Y):
    Z, Y = np.asarray(Z), np.asarray(Y)
    if Z.shape != Y.shape or (Y < 0).any():
        raise ValueError("wrong targets")
    if (np.abs(Y.sum(axis=1) - 1) > 1e-6).any():
        raise ValueError("wrong targets")
    return -(Y * log_softmax(Z)).sum(axis=1).mean()
