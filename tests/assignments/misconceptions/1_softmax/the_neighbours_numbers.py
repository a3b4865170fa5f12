# loses: test_1a 1, test_1b 1, test_5c 1, test_6a 1, test_6b 1

# cell: q1_shifts
c_over, c_under = 83.74469, -108.81208

# cell: q5_number
T_star = 0.84273

# cell: q6_numbers
lost = predicted = 68
smallest_log10 = -116.54759
