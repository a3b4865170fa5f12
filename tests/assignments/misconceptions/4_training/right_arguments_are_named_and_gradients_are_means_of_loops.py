# loses: nothing

# cell: q1_loss
def loss_and_gradients(X, y, W, b):
    if len(y) != len(X) or min(y) < 0 or max(y) >= len(b):
        raise ValueError("labels that do not fit")
    total, dW, db = 0.0, np.zeros_like(W), np.zeros_like(b)
    for x, label in zip(X, y):
        z = x @ W + b
        z = z - z.max()
        p = np.exp(z) / np.exp(z).sum()
        total += np.log(np.exp(z).sum()) - z[label]
        p[label] -= 1
        dW += np.outer(x, p) / len(X)
        db += p / len(X)
    return X.dtype.type(total / len(X)), dW, db


# cell: q5_train
def train(X, y, W, b, learning_rate, batch_size, epochs, seed, measure):
    rng, measured = np.random.default_rng(seed), []
    for _ in range(epochs):
        for batch in minibatches(len(X), batch_size, rng):
            _, dW, db = loss_and_gradients(X=X[batch], y=y[batch], W=W, b=b)
            W -= learning_rate * dW
            b -= learning_rate * db
        measured.append(measure(W, b))
    return measured
