# loses: test_8c 1

# cell: q7_choose
def choose_rate(rates, losses):
    if len(rates) != len(losses):
        raise ValueError("there must be one loss for each rate")
    pairs = [pair for pair in zip(losses, rates) if np.isfinite(pair[0])]
    if not pairs:
        raise ValueError("no loss is finite")
    return min(pairs)[1]


W, b = W_start.copy(), b_start.copy()
train(X, y, W, b, RATES[0], BATCH_SIZE, 1, SEED, lambda W, b: None)
print(np.mean((mine.X_test @ W + b).argmax(axis=1) == mine.y_test))
