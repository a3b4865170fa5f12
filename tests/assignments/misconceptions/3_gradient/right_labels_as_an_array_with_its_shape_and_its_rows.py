# loses: nothing

# cell: q3_logits
def logit_gradient(Z, y):
    if y.shape != (Z.shape[0],):
        raise ValueError("one label for each row")
    Y = (y[:, None] == np.arange(Z.shape[1])).astype(Z.dtype)
    return (softmax(Z) - Y) / Z.dtype.type(len(Z))


# cell: q4_weights
def weight_gradients(X, y, W, b):
    n, d = X.shape
    if W.shape != (d,) + b.shape:
        raise ValueError("shapes that do not fit")
    Y = (y[:, None] == np.arange(len(b))).astype(W.dtype)
    G = (softmax(X @ W + b) - Y) / W.dtype.type(n)
    return np.einsum("ij,ik->jk", X, G), np.einsum("ik->k", G)
