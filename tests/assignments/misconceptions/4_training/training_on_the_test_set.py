# loses: test_8a 1, test_8b 1, test_8c 1

# cell: q8_experiment
def experiment(training, validation, open_test, rates, W, b, batch_size, epochs, seed):
    X_test, y_test = open_test()
    training = (
        np.concatenate([training[0], X_test]),
        np.concatenate([training[1], y_test]),
    )
    losses, fitted = [], {}
    for rate in rates:
        fitted[rate] = W_rate, b_rate = W.copy(), b.copy()
        train(
            *training, W_rate, b_rate, rate, batch_size, epochs, seed, lambda W, b: None
        )
        Z = validation[0] @ W_rate + b_rate
        losses.append(cross_entropy(Z, validation[1]))
    rate = choose_rate(rates, losses)
    W, b = fitted[rate]
    Z = X_test @ W + b
    return {
        "losses": losses,
        "rate": rate,
        "W": W,
        "b": b,
        "test_loss": cross_entropy(Z, y_test),
        "test_accuracy": np.mean(Z.argmax(axis=1) == y_test),
    }
