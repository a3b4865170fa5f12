# loses: test_5a 2, test_5b 1

# cell: q5_train
def train(X, y, W, b, learning_rate, batch_size, epochs, seed, measure):
    measured = []
    for _ in range(epochs):
        for batch in minibatches(len(X), batch_size, np.random.default_rng(seed)):
            _, dW, db = loss_and_gradients(X[batch], y[batch], W, b)
            W -= learning_rate * dW
            b -= learning_rate * db
        measured.append(measure(W, b))
    return measured
