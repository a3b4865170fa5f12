# loses: test_4a 2, test_4b 1, test_4c 1

# cell: q4_weights
