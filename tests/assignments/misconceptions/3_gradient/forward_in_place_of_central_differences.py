# loses: test_2a 2, test_2b 1

# cell: q2_numerical
def numerical_gradient(f, A, step=1e-5):
    if np.asarray(A).dtype != np.float64:
        raise TypeError("A must be float64")
    gradient = np.zeros(np.shape(A))
    for index in np.ndindex(gradient.shape):
        shift = np.zeros(gradient.shape)
        shift[index] = step
        gradient[index] = (f(A + shift) - f(A)) / step
    return gradient
