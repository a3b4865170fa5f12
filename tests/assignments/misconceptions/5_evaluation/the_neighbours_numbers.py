# loses: test_2b 1, test_3b 1, test_5b 1, test_6b 1

# cell: q2_numbers
worst, called, share = 7, 8, 0.188

# cell: q3_number
m_needed = 106806

# cell: q5_floor
observed, floor = 0.145743, 0.012711

# cell: q6_numbers
T, loss_before, loss_after = 2.7743630448, 1.1952202, 0.6946994
