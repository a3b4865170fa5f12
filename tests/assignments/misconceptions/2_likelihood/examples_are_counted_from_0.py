# loses: test_2a 1

# cell: q2_numbers
log_p = log_softmax(Z_2)[np.arange(n_2), y_2]
first_zero = int(np.argmax(np.cumprod(np.exp(log_p)) == 0))
log_likelihood = log_p.sum()
