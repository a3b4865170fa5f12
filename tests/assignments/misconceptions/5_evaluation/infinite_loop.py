# loses: test_6a 2, test_6b 1

# cell: q6_temperature
def best_temperature(Z, y):
    beta = 1.0
    while beta > 0:
        beta = max(beta / 2, 1e-9)
    return 1 / beta
