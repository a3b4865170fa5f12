# loses: test_4a 1, test_6b 1

# cell: q4_log_loss
def log_loss(Z, y):
    Z = Z - Z.max(axis=1, keepdims=True)
    Z = np.exp(Z)
    Z /= Z.sum(axis=1, keepdims=True)
    log_P = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
    return -log_P[np.arange(len(y)), y].mean()
