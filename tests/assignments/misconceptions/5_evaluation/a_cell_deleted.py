# loses: test_6a 2, test_6b 1

# cell: q6_temperature
