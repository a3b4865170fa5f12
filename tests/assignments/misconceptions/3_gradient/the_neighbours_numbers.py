# loses: test_1a 1, test_5a 1, test_5b 1, test_6a 2
# The best steps are the same for everybody: rounding is.

# cell: q1_steps
error_forward = np.array(
    [
        4.56862e-02,
        4.80560e-03,
        4.83004e-04,
        4.83249e-05,
        4.83272e-06,
        4.83174e-07,
        4.66344e-08,
        1.10972e-08,
        1.44324e-07,
        1.25455e-06,
        3.18635e-06,
        4.12226e-05,
    ]
)
error_central = np.array(
    [
        2.72103e-03,
        2.72481e-05,
        2.72485e-07,
        2.72504e-09,
        3.94069e-11,
        5.00199e-12,
        5.00199e-12,
        5.00199e-12,
        3.33017e-08,
        1.44324e-07,
        3.18635e-06,
        4.12226e-05,
    ]
)
best_forward, best_central = 1e-8, 1e-5

# cell: q5_numbers
g_5 = np.array([0.02349251, -0.07453012, 0.1857825, -0.25337832, -0.52436276])
t_5 = 0.45637290

# cell: q6_wrong
wrong = {"A", "C", "D", "E", "F"}
