"""What each coding exercise of the chapters asks for.

None marks an experiment: it asks for no function, so nothing is checked.
"""

EXERCISES = {
    "ex-01-neighbours": "neighbour_probabilities(X_train, y_train, X, k, K)",
    "ex-01-one-number": None,
    "ex-02-sampling": "sample_labels(Z, rng)",
    "ex-02-normalisers": None,
    "ex-03-worst": "worst_offender_hinge(Z, y)",
    "ex-03-line": None,
    "ex-04-compare": None,
    "ex-04-triangle": None,
    "ex-05-link": None,
    "ex-05-class-weights": "weighted_loss_and_gradient(Z, y, c)",
    "ex-05-newton": None,
    "ex-06-bce": "binary_cross_entropy(t, q)",
    "ex-06-prior": None,
    "ex-06-separable": None,
    "ex-10-attention": "weighted_mean(z, v)",
    "ex-10-kahan": "kahan_sum(x)",
    "ex-10-ensemble": "log_mean_probability(L)",
    "ex-10-log1p": "cross_entropy_log1p(Z, y)",
    "ex-07-idx": "read_idx(content)",
    "ex-07-folds": "folds(n, parts, rng)",
    "ex-07-flip": "flip_some(batch, rng)",
    "ex-08-accumulate": "evaluate_in_batches(X, y, W, b, batch_size)",
    "ex-08-weight-decay": "penalised_loss_and_gradients(X, y, W, b, decay)",
    "ex-09-accumulate": "accumulate_gradients(model, X, y, size, weight=None)",
    "ex-11-checkup": "check_up(loss_of, y, K)",
    "ex-12-murphy": None,
    "ex-12-class-wise": "class_wise_calibration_error(P, y, bins)",
    "ex-13-one-error": "one_error_choice(losses, decays)",
    "ex-13-nested": None,
    "ex-14-diagonal": None,
    "ex-14-newton-cg": "newton_cg(steps)",
    "ex-14-noise-floor": None,
    "ex-15-fair": None,
    "ex-16-reference": None,
    "ex-16-shrunk": None,
    "ex-17-cuts": None,
}


def signature_of(label):
    """What an exercise asks for, or an error that lists the labels."""
    if EXERCISES.get(label):
        return EXERCISES[label]
    problem = (
        f"{label} asks for no function"
        if label in EXERCISES
        else f"no coding exercise has the label {label!r}"
    )
    known = ", ".join(name for name in EXERCISES if EXERCISES[name])
    raise ValueError(f"{problem}; label must be one of {known}")
