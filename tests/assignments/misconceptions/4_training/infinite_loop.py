# loses: test_4a 1, test_4b 1

# cell: q4_minibatches
def minibatches(n, batch_size, rng):
    first = 0
    while first < n:
        pass
