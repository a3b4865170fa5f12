# loses: test_6b 1

# cell: q6_numbers
T = best_temperature(Z_val, y_val)
loss_before, loss_after = log_loss(Z_val, y_val), log_loss(Z_val / T, y_val)
