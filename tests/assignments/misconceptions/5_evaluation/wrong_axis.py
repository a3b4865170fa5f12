# loses: test_2a 1
# The class of lowest precision is another one for ada.

# cell: q2_recall
def recall_and_precision(M):
    hits, of_class, called = np.diag(M), M.sum(axis=0), M.sum(axis=1)
    return hits / np.maximum(of_class, 1), hits / np.maximum(called, 1)


# cell: q2_numbers
shares = M / M.sum(axis=1, keepdims=True)
worst = int(np.diag(shares).argmin())
called = int(np.where(np.arange(K) == worst, 0, shares[worst]).argmax())
share = shares[worst, called]
