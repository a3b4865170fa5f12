# loses: test_6a 2

# cell: q6_wrong
numerical = numerical_gradient(penalised, W_6)
wrong = {name for name in "ABCDEFGH" if np.abs(given[name] - numerical).max() > 1e-2}
