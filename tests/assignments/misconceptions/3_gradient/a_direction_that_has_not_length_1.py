# loses: test_5b 1

# cell: q5_numbers
z_5 = x_5 @ W_5 + b_5
g_5 = W_5 @ (softmax(z_5) - np.eye(4)[y_5])
rates = g_5 @ W_5
gaps, closing = z_5[y_5] - z_5, rates - rates[y_5]
t_5 = np.min(gaps[closing > 0] / closing[closing > 0])
