# loses: test_6b 1

# cell: q6_numbers
T = best_temperature(Z_test, y_test)
loss_before, loss_after = log_loss(Z_test, y_test), log_loss(Z_test / T, y_test)
