# loses: test_7a 1

# cell: q7_search
def descent_step(f, G, A):
    for s in 0.5 ** np.arange(20):
        if f(A - s * G) <= f(A) - s * (G**2).sum() / 2:
            return s
    raise ValueError("no step goes down")
