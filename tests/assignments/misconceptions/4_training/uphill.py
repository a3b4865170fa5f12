# loses: test_5a 2

# cell: q5_train
def train(X, y, W, b, learning_rate, batch_size, epochs, seed, measure):
    rng, measured = np.random.default_rng(seed), []
    for _ in range(epochs):
        for batch in minibatches(len(X), batch_size, rng):
            _, dW, db = loss_and_gradients(X[batch], y[batch], W, b)
            W += learning_rate * dW
            b += learning_rate * db
        measured.append(measure(W, b))
    return measured
