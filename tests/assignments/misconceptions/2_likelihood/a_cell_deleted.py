# loses: test_3a 2, test_3c 1

# cell: q3_slope
