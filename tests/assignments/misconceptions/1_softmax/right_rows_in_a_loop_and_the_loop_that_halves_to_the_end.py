# loses: nothing

# cell: q2_softmax
def softmax(Z):
    Z = np.array(Z)
    if Z.dtype != np.float32:
        Z = Z.astype(float)
    if Z.ndim == 1 and Z.size > 0:
        if not np.isfinite(Z.max()):
            raise ValueError("a row needs a finite maximum")
        E = np.exp(Z - Z.max())
        return E / np.sum(E)
    if Z.ndim == 2 and Z.shape[1] > 0:
        return np.stack([softmax(z) for z in Z])
    raise ValueError("Z has a wrong shape")


# cell: q4_centred_logits
def centred_logits(P):
    P = np.array(P, dtype=float)
    if np.isnan(P).any() or (P <= 0).any() or (abs(P.sum(-1) - 1) > 1e-6).any():
        raise ValueError("not distributions")
    Z = np.log(P)
    return Z - Z.mean(-1)[..., None]


# cell: q5_temperature
def temperature(z, target):
    z = sorted(np.array(z, dtype=float), reverse=True)
    if not 1 / len(z) < target < 1 or z[0] == z[1]:
        raise ValueError("there is no temperature")
    odds = np.log(target / (1 - target)) + np.log(len(z) - 1)
    low, high = (z[0] - z[1]) / odds, (z[0] - z[-1]) / odds
    while low < (low + high) / 2 < high:
        T = (low + high) / 2
        p = 1 / sum(np.exp((x - z[0]) / T) for x in z)
        low, high = (T, high) if p > target else (low, T)
    return (low + high) / 2
