# loses: test_3b 1

# cell: q3_logits
def logit_gradient(Z, y):
    if np.shape(y) != (len(Z),):
        raise ValueError("wrong number of labels")
    rows = np.arange(len(Z))

    G = softmax(Z)
    G[rows, y] -= 1
    return G
