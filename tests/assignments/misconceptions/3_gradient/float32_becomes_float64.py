# loses: test_3b 1

# cell: q3_logits
def logit_gradient(Z, y):
    if np.shape(y) != (len(Z),):
        raise ValueError("wrong number of labels")

    return (softmax(Z) - np.eye(np.shape(Z)[1])[y]) / len(Z)
