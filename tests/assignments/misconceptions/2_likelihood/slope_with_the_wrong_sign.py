# loses: test_3a 2, test_3c 1
# The number c_star is computed with it: a wrong number.

# cell: q3_slope
def bias_slope(Z, y, k, c):
    shifted = np.array(Z, dtype=float)
    shifted[:, k] += c
    return np.mean(y == k) - softmax(shifted)[:, k].mean()
