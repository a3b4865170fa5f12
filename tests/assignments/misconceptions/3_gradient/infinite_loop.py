# loses: test_7a 1, test_7b 1

# cell: q7_search
def descent_step(f, G, A):
    s = 1.0
    while f(A - s * G) > f(A) - s * (G**2).sum() / 2:
        s / 2
    return s
