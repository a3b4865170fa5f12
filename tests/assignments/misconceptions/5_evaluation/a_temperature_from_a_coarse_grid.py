# loses: test_6a 2, test_6b 1

# cell: q6_temperature
def best_temperature(Z, y):
    grid = np.linspace(0.05, 10, 200)
    losses = []
    for T in grid:
        S = Z / T - (Z / T).max(axis=1, keepdims=True)
        losses.append(
            np.log(np.exp(S).sum(axis=1)).mean() - S[np.arange(len(y)), y].mean()
        )
    return grid[np.argmin(losses)]
