# loses: test_4c 1

# cell: q4_weights
def weight_gradients(X, y, W, b):
    dZ = logit_gradient(X @ W + b, y)
    return X.T @ dZ, dZ.sum(axis=0)
