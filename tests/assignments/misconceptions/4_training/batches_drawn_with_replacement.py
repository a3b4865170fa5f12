# loses: test_4a 1, test_4b 1

# cell: q4_minibatches
def minibatches(n, batch_size, rng):
    if batch_size < 1:
        raise ValueError("batch_size must be at least 1")
    for first in range(0, n, batch_size):
        yield rng.integers(0, n, size=min(batch_size, n - first))
