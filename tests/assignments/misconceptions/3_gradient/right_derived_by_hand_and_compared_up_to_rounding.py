# loses: nothing

# cell: q6_wrong
G = 2 * X_6.T @ (X_6 @ W_6 - np.eye(3)[y_6]) / 9 + decay * W_6
wrong = {
    name
    for name in given
    if np.linalg.norm(given[name] - G) > 1e-12 * np.linalg.norm(G)
}
