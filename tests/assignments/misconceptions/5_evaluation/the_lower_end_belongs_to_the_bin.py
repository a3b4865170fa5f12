# loses: test_5a 2

# cell: q5_ece
def calibration_error(P, y, bins=15):
    if bins < 1 or len(P) != len(y):
        raise ValueError("bins or y do not fit")
    confidence, right = P.max(axis=1), P.argmax(axis=1) == y
    number = np.floor(confidence * bins).astype(int)
    error = 0.0
    for b in np.unique(number):
        inside = number == b
        gap = right[inside].mean() - confidence[inside].mean()
        error += inside.mean() * abs(gap)
    return float(error)
