# loses: test_4b 1

# cell: q4_weights
def weight_gradients(X, y, W, b):
    if X.ndim != 2 or W.shape != (X.shape[1], len(b)):
        raise ValueError("wrong shapes")
    dZ = logit_gradient(X @ W + b, y)
    return X.T @ dZ, dZ.sum(axis=1)
