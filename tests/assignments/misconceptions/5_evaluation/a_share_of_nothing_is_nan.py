# loses: test_2a 1

# cell: q2_recall
def recall_and_precision(M):
    with np.errstate(invalid="ignore"):
        return np.diag(M) / M.sum(axis=1), np.diag(M) / M.sum(axis=0)
