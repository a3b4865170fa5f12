# loses: test_6a 1

# cell: q6_history
W, b = W_start.copy(), b_start.copy()
rng, history = np.random.default_rng(SEED), []
for _ in range(10):
    losses, right = [], 0
    for batch in minibatches(n, BATCH_SIZE, rng):
        Z = X[batch] @ W + b
        right += np.sum(Z.argmax(axis=1) == y[batch])
        loss, dW, db = loss_and_gradients(X[batch], y[batch], W, b)
        W -= RATE * dW
        b -= RATE * db
        losses.append(loss)
    Z = X_val @ W + b
    history.append(
        [
            np.mean(losses),
            right / n,
            cross_entropy(Z, y_val),
            np.mean(Z.argmax(axis=1) == y_val),
        ]
    )
history = np.array(history)
