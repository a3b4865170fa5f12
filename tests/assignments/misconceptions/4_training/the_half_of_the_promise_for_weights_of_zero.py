# loses: test_3b 1

# cell: q3_number
W_0, b_0 = 0 * W_start, 0 * b_start
loss, dW, db = loss_and_gradients(X, y, W_0, b_0)
low, high = 0.0, 2 * loss / ((dW**2).sum() + (db**2).sum())
for _ in range(20):
    half_rate = (low + high) / 2
    if share_kept(X, y, W_0, b_0, half_rate) > 0.5:
        low = half_rate
    else:
        high = half_rate
