# loses: test_6a 2
# For one student in three the second largest group is the right one.

# cell: q6_wrong
groups = [
    {name for name in given if np.allclose(given[name], G)} for G in given.values()
]
wrong = set(given) - max(groups, key=len)
