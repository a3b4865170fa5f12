# loses: test_5a 2

# cell: q5_ece
def calibration_error(P, y, bins=15):
    if bins < 1 or len(P) != len(y):
        raise ValueError("bins or y do not fit")
    confidence, right = P[np.arange(len(y)), y], P.argmax(axis=1) == y
    number = np.ceil(np.minimum(confidence, 1) * bins).astype(int)
    error = 0.0
    for b in np.unique(number):
        inside = number == b
        gap = right[inside].mean() - confidence[inside].mean()
        error += inside.mean() * abs(gap)
    return float(error)
