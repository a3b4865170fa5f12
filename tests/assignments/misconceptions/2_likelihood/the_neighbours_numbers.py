# loses: test_2a 1, test_2b 1, test_3c 1, test_4c 1, test_5a 2, test_5b 1

# cell: q2_numbers
first_zero, log_likelihood = 1062, -2135.0796

# cell: q3_number
c_star = 1.654758

# cell: q4_number
floor = 0.956499

# cell: q5_numbers
gap_exact, gap_clipped = 1.26391, -0.482207
n_clipped = 0
