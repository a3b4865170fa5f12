# loses: test_2c 2

# cell: q2_softmax
def softmax(Z):
    Z = np.asarray(Z)
    if Z.dtype.kind in "iu":
        Z = Z.astype(np.float64)
    if Z.ndim not in (1, 2) or Z.shape[-1] == 0:
        raise ValueError("wrong shape")
    if not np.isfinite(Z.max(axis=-1)).all():
        raise ValueError("each row needs a finite maximum")

    E = np.exp(Z)
    return E / E.sum(axis=-1, keepdims=True)
