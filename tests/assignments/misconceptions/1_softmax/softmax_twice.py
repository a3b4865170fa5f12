# loses: test_2a 2, test_5c 1
# The temperature of question 5 is computed with it: a wrong number.

# cell: q2_softmax
def softmax(Z):
    Z = np.asarray(Z)
    if Z.dtype.kind in "iu":
        Z = Z.astype(np.float64)
    if Z.ndim not in (1, 2) or Z.shape[-1] == 0:
        raise ValueError("wrong shape")
    if not np.isfinite(Z.max(axis=-1)).all():
        raise ValueError("each row needs a finite maximum")

    for _ in range(2):
        E = np.exp(Z - Z.max(axis=-1, keepdims=True))
        E[np.isneginf(Z)] = 0
        Z = E / E.sum(axis=-1, keepdims=True)
        Z[E == 0] = -np.inf
    return np.where(np.isneginf(Z), 0, Z)
