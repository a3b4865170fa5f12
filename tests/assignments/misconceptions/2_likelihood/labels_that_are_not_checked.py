# loses: test_1d 1

# cell: q1_cross_entropy
def cross_entropy(Z, y):
    return -log_softmax(Z)[np.arange(len(Z)), y].mean()
