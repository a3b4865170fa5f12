# loses: test_4c 1

# cell: q4_number
floor = -np.log(votes.max(axis=1) / 10).mean()
