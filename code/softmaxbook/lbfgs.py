"""Quasi-Newton minimisation: L-BFGS that starts from a given curvature."""

import numpy as np


def lbfgs(function, x, solve, new_solver=None, refresh=10, memory=10):
    """Minimise a convex function; yield x, value, gradient and gap.

    Steps follow -H g, where H is `solve` corrected by the last `memory`
    pairs of steps and changes of the gradient. The gap g.H g / 2 is what
    a quadratic function would still lose. Ends when no step helps.

    function(x): value and gradient. x: array, not changed. solve(g): an
    approximate inverse Hessian times g; new_solver(x) replaces it after
    refresh, 3 refresh, 9 refresh, ... iterations.
    Source: Liu & Nocedal (1989), Math. Program. 45.
    """
    (value, g), pairs, count, improved = function(x), [], 0, True
    while improved:
        direction = inverse_hessian_product(g, pairs, solve)
        yield x, value, g, np.vdot(g, direction) / 2
        new = line_search(function, x, value, g, direction)
        count, improved = count + 1, new[1] < value
        if np.vdot(new[0] - x, new[2] - g) > 0:  # else it is all rounding
            pairs = [*pairs, (new[0] - x, new[2] - g)][-memory:]
        x, value, g = new
        if new_solver and count == refresh:
            solve, refresh = new_solver(x), 3 * refresh


def restarted_lbfgs(function, x, solve, new_solver=None, memory=10):
    """lbfgs, started again with the first `solve` where no step helps.

    It ends when a whole start gains nothing but rounding. `solve` should
    rather overrate the curvature, so that its steps are safe; the gaps that
    it yields are too small then, so that after a restart the last gap before
    it counts, until `memory` new pairs have been learned.
    """
    last_gap, last_value = 0.0, np.inf
    while True:
        steps = lbfgs(function, x, solve, new_solver, memory=memory)
        for count, (x, value, g, gap) in enumerate(steps):
            yield x, value, g, max(gap, last_gap) if count < memory else gap
        if not value < (1 - 1e-7) * last_value:
            return
        last_gap, last_value = gap, value


def inverse_hessian_product(g, pairs, solve):
    """H g, by the two loops over pairs (step, change of gradient).

    solve: multiplies by the inverse Hessian that knows no pairs yet.
    Source: Nocedal & Wright (2006), Numerical Optimization, algorithm 7.4.
    """
    g, shares = g.copy(), []
    for step, change in reversed(pairs):
        shares.append(np.vdot(step, g) / np.vdot(step, change))
        g -= shares[-1] * change
    g = solve(g)
    for (step, change), share in zip(pairs, reversed(shares)):
        g += step * (share - np.vdot(change, g) / np.vdot(step, change))
    return g


def line_search(function, x, value, g, direction):
    """Halve the step until the function falls by 1e-4 of what g promises.

    Returns x - step * direction, its value and its gradient; x itself if
    not even a step of 2^-20 helps: then only rounding is left.
    Source: Armijo (1966), Pacific J. Math. 16(1).
    """
    promised = 1e-4 * np.vdot(g, direction)
    for step in 0.5 ** np.arange(21):
        new_x = x - step * direction
        new_value, new_g = function(new_x)
        if new_value <= value - step * promised:
            return new_x, new_value, new_g
    return x, value, g
