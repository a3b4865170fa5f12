# loses: test_4a 1

# cell: q4_centred_logits
def centred_logits(P):
    P = np.asarray(P)
    if not (P > 0).all() or (np.abs(P.sum(axis=-1) - 1) > 1e-6).any():
        raise ValueError("rows of P must be positive and sum to 1")
    return np.log(P)
