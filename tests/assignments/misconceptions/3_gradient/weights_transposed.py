# loses: test_4a 2

# cell: q4_weights
def weight_gradients(X, y, W, b):
    if X.ndim != 2 or W.shape != (X.shape[1], len(b)):
        raise ValueError("wrong shapes")
    dZ = logit_gradient(X @ W + b, y)
    return dZ.T @ X, dZ.sum(axis=0)
