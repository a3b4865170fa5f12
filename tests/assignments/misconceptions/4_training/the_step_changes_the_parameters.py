# loses: test_3a 1, test_3b 1
# Uphill more is gained than promised: half of it at no rate.

# cell: q3_share
def share_kept(X, y, W, b, learning_rate):
    W, b = W + 0, b + 0
    loss, dW, db = loss_and_gradients(X, y, W, b)
    promised = learning_rate * ((dW**2).sum() + (db**2).sum())
    W += learning_rate * dW
    b += learning_rate * db
    return (loss_and_gradients(X, y, W, b)[0] - loss) / promised
