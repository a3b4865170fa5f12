# loses: test_3c 2

# cell: q3_logits
def logit_gradient(Z, y):
    if np.shape(y) != (len(Z),):
        raise ValueError("wrong number of labels")
    rows = np.arange(len(Z))

    G = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    G[rows, y] -= 1
    return G / len(Z)
