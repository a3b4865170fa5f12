# loses: test_5a 2, test_5b 1

# cell: q5_train
