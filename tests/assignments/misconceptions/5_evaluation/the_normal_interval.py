# loses: test_3a 1, test_3b 1
# Far from 0 and 1 its length is that of Wilson's: the number differs by a few
# pictures.

# cell: q3_wilson
def wilson(a, m, u=1.96):
    if not 0 <= a <= 1 or m < 1 or u <= 0:
        raise ValueError("a, m or u do not fit")
    half = u * np.sqrt(a * (1 - a) / m)
    return float(max(a - half, 0)), float(min(a + half, 1))
