# loses: test_2b 1, test_3b 1, test_6b 1, test_8c 1

# cell: q2_numbers
first_loss, first_accuracy = 1.80321, 0.1292

# cell: q3_number
half_rate = 0.37101978

# cell: q6_number
batch_mean, excess = 0.942318, 0.183542

# cell: q8_result
result = {"rate": 0.402, "test_loss": 0.57234, "test_accuracy": 0.78467}
