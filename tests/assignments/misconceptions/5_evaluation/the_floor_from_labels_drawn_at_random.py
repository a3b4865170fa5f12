# loses: test_5b 1

# cell: q5_floor
observed = expected_calibration_error(P_test[:SIZE], y_test[:SIZE])
rng = np.random.default_rng(0)
floor = np.mean(
    [
        expected_calibration_error(P_test[:SIZE], rng.integers(0, K, size=SIZE))
        for _ in range(200)
    ]
)
