# loses: test_2b 1

# cell: q2_numbers
recall, precision = recall_and_precision(M)
worst = int(recall.argmin())
misses = M[worst].copy()
misses[worst] = 0
called = int(misses.argmax())
share = misses[called] / misses.sum()
