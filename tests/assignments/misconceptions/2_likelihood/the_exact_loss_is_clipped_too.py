# loses: test_5a 2

# cell: q5_numbers
losses = [
    -np.log(np.maximum(softmax(Z)[np.arange(100), y_5], 1e-7)) for Z in (Z_A, Z_B)
]
gap_exact = gap_clipped = losses[0].mean() - losses[1].mean()
n_clipped = int((np.array(losses) > 16.1).sum())
