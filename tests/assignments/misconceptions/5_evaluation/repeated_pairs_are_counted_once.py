# loses: test_1a 1

# cell: q1_confusion
def confusion(y, y_predicted, K):
    if len(y) != len(y_predicted):
        raise ValueError("the lengths differ")
    for labels in (y, y_predicted):
        if np.min(labels) < 0 or np.max(labels) >= K:
            raise ValueError("a label does not fit")
    M = np.zeros((K, K), dtype=int)
    M[y, y_predicted] += 1
    return M
