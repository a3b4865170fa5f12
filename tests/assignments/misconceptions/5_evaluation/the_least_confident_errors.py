# loses: test_7a 1

# cell: q7_errors
def confident_errors(P, y, count):
    wrong = np.flatnonzero(P.argmax(axis=1) != y)
    return wrong[np.argsort(P.max(axis=1)[wrong])][:count]
