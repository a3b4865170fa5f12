# loses: test_3a 2, test_3c 2

# cell: q3_logits
def logit_gradient(Z, y):
    if np.shape(y) != (len(Z),):
        raise ValueError("wrong number of labels")
    rows = np.arange(len(Z))

    G = -softmax(Z)
    G[rows, y] += 1
    return G / len(Z)
