# loses: test_1c 2

# cell: q1_loss
def loss_and_gradients(X, y, W, b):
    rows = np.arange(len(X))
    if len(y) != len(X) or np.min(y) < 0 or np.max(y) >= len(b):
        raise ValueError("the labels do not fit")
    Z = X @ W + b

    Z = Z - Z.max(axis=1, keepdims=True)
    log_P = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
    dZ = np.exp(log_P)
    dZ[rows, y] -= 1
    return -log_P[rows, y].mean(), X.T @ dZ, dZ.sum(axis=0)
