# loses: test_5b 1

# cell: q5_numbers
z_5 = x_5 @ W_5 + b_5
g_5 = W_5 @ (softmax(z_5) - np.eye(4)[y_5])
rates = (g_5 / np.linalg.norm(g_5)) @ W_5
second = np.argsort(z_5)[-2]
t_5 = (z_5[y_5] - z_5[second]) / (rates[second] - rates[y_5])
