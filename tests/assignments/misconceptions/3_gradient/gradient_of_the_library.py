# loses: test_3a 2, test_3b 1, test_3c 2

# cell: q3_logits
from softmaxbook.functional import cross_entropy_gradient


def logit_gradient(Z, y):
    if np.shape(y) != (len(Z),):
        raise ValueError("wrong number of labels")

    return cross_entropy_gradient(Z, y)
