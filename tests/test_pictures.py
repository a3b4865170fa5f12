"""Pictures of one's own: right labels, no leaks, different for everybody."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from softmaxbook.assignments.individual import VARIABLE
from softmaxbook.assignments.pictures import own_logits, own_pictures, own_settings
from softmaxbook.data import flatten_images, load_fashion_mnist

SIZES = 4, 120, 60


@pytest.fixture(autouse=True)
def stand_in(monkeypatch):
    monkeypatch.setenv("SOFTMAXBOOK_DATA", "synthetic")
    monkeypatch.delenv(VARIABLE, raising=False)


@pytest.fixture(scope="module")
def data():
    return load_fashion_mnist("synthetic")


def sources(own, data):
    """Positions in data of the training and validation pictures."""
    pixels = flatten_images(data.train_images)
    place = {row.tobytes(): i for i, row in enumerate(data.train_images)}
    mean = recovered_mean(own, data)
    rows = np.rint(255 * (np.concatenate([own.X, own.X_val]) + mean))
    assert rows.min() >= 0 and pixels.shape[1] == rows.shape[1]
    return [place[row.astype(np.uint8).tobytes()] for row in rows]


def recovered_mean(own, data):
    """What was subtracted from every picture."""
    return (flatten_images(own.images_val) - own.X_val)[0]


def test_every_picture_has_the_label_of_its_class(data):
    own = own_pictures("ada", "x", *SIZES)
    labels = [data.class_names[data.train_labels[i]] for i in sources(own, data)]
    assert labels == [own.names[k] for k in [*own.y, *own.y_val]]
    assert len(set(own.names)) == 4
    tests = [name for name in data.class_names if name in own.names]
    assert len(own.y_test) == 1000 * len(tests)


def test_training_and_validation_pictures_are_different_ones(data):
    places = sources(own_pictures("ada", "x", *SIZES), data)
    assert len(set(places)) == len(places) == 180


def test_the_mean_is_that_of_the_training_part_alone(data):
    own = own_pictures("ada", "x", *SIZES)
    assert own.X.dtype == np.float32
    assert_allclose(own.X.mean(axis=0), 0, atol=1e-6)
    assert np.abs(own.X_val.mean(axis=0)).max() > 0.01


def test_neighbours_have_others_and_a_new_key_gives_new_ones(monkeypatch):
    ada, bob = (own_pictures(who, "x", *SIZES) for who in ("ada", "bob"))
    assert own_pictures("ada", "x", *SIZES) is ada
    assert not np.array_equal(ada.X, bob.X)
    monkeypatch.setenv(VARIABLE, "autumn")
    again = own_pictures("ada", "x", *SIZES)
    assert not np.array_equal(ada.X, again.X)


def test_nothing_can_be_overwritten_and_openings_are_counted():
    own = own_pictures("ada", "y", *SIZES)
    for array in (
        own.X,
        own.y,
        own.X_val,
        own.y_val,
        own.X_test,
        own.y_test,
        own.images_val,
    ):
        with pytest.raises(ValueError, match="read-only"):
            array[:1] = 0
    other = own_pictures("eve", "y", *SIZES)
    assert other.opened == 0
    X_test, y_test = other.open_test()
    assert other.opened == 1 and len(X_test) == len(y_test)
    assert other.X_test is X_test and other.opened == 2
    assert other.y_test is y_test and other.opened == 3


def test_logits_are_those_of_a_fitted_model():
    own, sizes = own_pictures("ada", "x", *SIZES), ("ada", "x", *SIZES)
    Z_val, Z_test = own_logits(*sizes, 10)
    assert Z_val.dtype == np.float64 and Z_test.shape == (4000, 4)
    assert np.mean(Z_val.argmax(axis=1) == own.y_val) > 0.5
    assert_array_equal(own_logits(*sizes, 10)[0], Z_val)
    with pytest.raises(ValueError, match="read-only"):
        Z_val[:] = 0


def test_settings_fit_their_use():
    found = {who: own_settings(who, "4_training") for who in "abcdefgh"}
    for seed, batch_size, rate, rates in found.values():
        assert 0 <= seed < 1000 and 0.05 <= rate <= 0.15
        assert 7500 % batch_size, "the last batch must be shorter"
        ratios = np.sort(rates)[1:] / np.sort(rates)[:-1]
        assert_allclose(ratios, 4, rtol=0.01)
    assert len({str(settings) for settings in found.values()}) == 8
