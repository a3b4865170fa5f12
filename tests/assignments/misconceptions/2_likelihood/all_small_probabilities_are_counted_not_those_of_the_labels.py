# loses: test_5b 1

# cell: q5_numbers
losses = [-log_softmax(Z)[np.arange(100), y_5] for Z in (Z_A, Z_B)]
clipped = [np.minimum(part, -np.log(1e-7)) for part in losses]
gap_exact = losses[0].mean() - losses[1].mean()
gap_clipped = clipped[0].mean() - clipped[1].mean()
n_clipped = int(np.sum([softmax(Z) < 1e-7 for Z in (Z_A, Z_B)]))
