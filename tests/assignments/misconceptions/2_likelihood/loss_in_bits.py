# loses: test_1a 2, test_1c 2

# cell: q1_cross_entropy
def cross_entropy(Z, y):
    Z, y = np.asarray(Z), np.asarray(y)
    if y.dtype.kind not in "iu":
        raise TypeError("labels must be integers")
    if y.shape != (len(Z),) or len(Z) == 0:
        raise ValueError("wrong shape")
    if y.min() < 0 or y.max() >= Z.shape[1]:
        raise ValueError("labels out of range")
    rows = np.arange(len(Z))
    return -log_softmax(Z)[rows, y].mean() / np.log(2)
