# loses: test_4a 1, test_6b 1

# cell: q4_log_loss
def log_loss(Z, y):
    Z = Z - Z.max(axis=1, keepdims=True)
    log_P = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
    return -np.log(np.clip(np.exp(log_P[np.arange(len(y)), y]), 1e-7, 1)).mean()
