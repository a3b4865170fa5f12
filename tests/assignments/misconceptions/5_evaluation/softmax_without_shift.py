# loses: test_4a 1

# cell: q4_log_loss
def log_loss(Z, y):
    log_P = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
    return -log_P[np.arange(len(y)), y].mean()
