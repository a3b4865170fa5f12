# loses: test_3a 2, test_3c 1

# cell: q3_slope
def bias_slope(Z, y, k, c):
    Z[:, k] += c
    return softmax(Z)[:, k].mean() - np.mean(y == k)
