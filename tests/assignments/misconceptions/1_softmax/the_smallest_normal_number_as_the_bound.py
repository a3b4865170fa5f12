# loses: test_6a 1

# cell: q6_numbers
lost = int((P_6 == 0).sum())
log_P_6 = log_softmax(Z_6.astype(np.float64))
predicted = int((log_P_6 < np.log(np.finfo(np.float32).tiny)).sum())
smallest_log10 = log_P_6.min() / np.log(10)
