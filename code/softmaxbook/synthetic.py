"""Generated stand-ins for Fashion-MNIST, MNIST and CIFAR-10.

They have the form of the real data sets (uint8 images, int64 labels, ten
balanced classes) and need neither files nor network.  Each class is one
drawing, made of polygons and ellipses; each image is that drawing moved,
stretched, sheared, shaded and made noisy at random.  The same seed gives
the same images.  No number in this book was computed from them.
"""

import numpy as np

RESOLUTION = 112  # side of a drawing, in samples
MARGIN = 8  # samples of empty background around it


def garments(n_train=60_000, n_test=10_000, seed=0):
    """Silhouettes of the ten Fashion-MNIST classes.

    Returns train_images (n_train, 28, 28) uint8, train_labels (n_train,)
    int64 in the order of the Fashion-MNIST class names, test_images and
    test_labels.  Raises ValueError for a negative number of images.
    """
    return _data_set(GARMENTS, n_train, n_test, seed, _gray_images)


def digits(n_train=60_000, n_test=10_000, seed=0):
    """Seven-segment digits 0 to 9, in place of MNIST.

    Returns the same four arrays as garments, images (n, 28, 28) uint8.
    """
    return _data_set(DIGITS, n_train, n_test, seed, _gray_images)


def coloured_shapes(n_train=50_000, n_test=10_000, seed=0):
    """Plain drawings of the ten CIFAR-10 classes, in random colours.

    Returns the same four arrays as garments, images (n, 32, 32, 3) uint8,
    labels in the order of the CIFAR-10 class names.
    """
    return _data_set(OBJECTS, n_train, n_test, seed, _colour_images)


def _data_set(drawings, n_train, n_test, seed, render):
    """Balanced shuffled labels, and one image for each of them."""
    if min(n_train, n_test) < 0:
        raise ValueError(
            f"n_train and n_test must be >= 0, got {n_train} and {n_test}"
        )
    rng = np.random.default_rng(seed)
    templates = np.stack([_draw(parts) for parts in drawings])
    arrays = []
    for n in (n_train, n_test):
        labels = rng.permutation(np.arange(n) % len(drawings))
        arrays += [_in_chunks(render, templates, labels, rng), labels]
    return tuple(arrays)


def _in_chunks(render, templates, labels, rng, size=250):
    """Render a few hundred images at a time, to use little memory."""
    starts = range(0, max(len(labels), 1), size)
    chunks = (labels[i : i + size] for i in starts)
    return np.concatenate([render(templates, c, rng) for c in chunks])


def _gray_images(templates, labels, rng):
    """Light objects on black, (n, 28, 28) uint8."""
    n = len(labels)
    images = _warp(templates, labels, rng, side=28)
    images *= _shade(rng, n, side=28, low=0.4, high=1.0)
    noise = rng.standard_normal(images.shape, dtype=np.float32)
    images += 0.15 * images * noise + 0.03 * noise
    return (255 * np.clip(images, 0, 1)).astype(np.uint8)


def _colour_images(templates, labels, rng):
    """Light-coloured objects on dark colours, (n, 32, 32, 3) uint8."""
    n = len(labels)
    mask = _warp(templates, labels, rng, side=32)[..., None]
    light = rng.uniform(110, 255, size=(n, 1, 1, 3)).astype(np.float32)
    dark = rng.uniform(0, 130, size=(n, 1, 1, 3)).astype(np.float32)
    images = dark + (light - dark) * mask
    images *= _shade(rng, n, side=32, low=0.8, high=1.0)[..., None]
    images += rng.integers(0, 26, size=mask.shape, dtype=np.uint8)
    return np.clip(images, 0, 255).astype(np.uint8)


def _warp(templates, labels, rng, side):
    """Sample each label's drawing under a random shift, scale and shear.

    Coordinates run from -1 to 1 over the image.  Pixel (x, y) shows the
    point u = (x - shift_x) / scale_x + shear * y, v = (y - shift_y) /
    scale_y of the drawing; outside the drawing there is background, 0.
    Returns (n, side, side) float32 in [0, 1].
    """
    n = len(labels)
    x = np.linspace(-1, 1, side, dtype=np.float32)
    shift = rng.uniform(-0.25, 0.25, size=(2, n, 1)).astype(np.float32)
    scale = rng.uniform(0.6, 1.0, size=(2, n, 1)).astype(np.float32)
    shear = rng.uniform(-0.3, 0.3, size=(n, 1)).astype(np.float32)
    u = ((x - shift[0]) / scale[0])[:, None, :] + (shear * x)[:, :, None]
    v = (x - shift[1]) / scale[1]
    columns, rows = _sample_index(u), _sample_index(v)[:, :, None]
    return templates[labels[:, None, None], rows, columns]


def _sample_index(coordinate):
    """The sample of a drawing nearest to a coordinate in [-1, 1]."""
    index = (coordinate + 1) * (RESOLUTION / 2) + MARGIN
    return np.clip(index, 0, RESOLUTION + 2 * MARGIN - 1).astype(np.intp)


def _shade(rng, n, side, low, high):
    """Brightness in [low, high] times a linear gradient, (n, side, side)."""
    x = np.linspace(-1, 1, side, dtype=np.float32)
    gradient = rng.uniform(-0.3, 0.3, size=(2, n, 1)).astype(np.float32)
    level = rng.uniform(low, high, size=(n, 1, 1)).astype(np.float32)
    across, down = gradient * x
    return level * (1 + across[:, None, :] + down[:, :, None])


def _draw(parts):
    """Paint (mask, value) pairs in turn, then soften the edges."""
    canvas = np.zeros((RESOLUTION, RESOLUTION), dtype=np.float32)
    for mask, value in parts:
        canvas[mask] = value
    canvas = np.pad(canvas, MARGIN)
    for axis in (0, 1):
        canvas = sum(np.roll(canvas, s, axis) for s in range(-2, 3)) / 5
    return canvas


def _points():
    """Coordinates x and y, from -1 to 1, of the samples of a drawing."""
    centres = (np.arange(RESOLUTION) + 0.5) * (2 / RESOLUTION) - 1
    return centres[None, :], centres[:, None]


def _ellipse(x0, y0, a, b):
    """Mask of an ellipse with centre (x0, y0) and half-axes a and b."""
    x, y = _points()
    return ((x - x0) / a) ** 2 + ((y - y0) / b) ** 2 <= 1


def _box(left, top, right, bottom):
    """Mask of a rectangle; y points down."""
    x, y = _points()
    return (left <= x) & (x <= right) & (top <= y) & (y <= bottom)


def _polygon(*corners):
    """Mask of a polygon, by the even-odd rule: count the edges crossed."""
    x, y = _points()
    inside = np.zeros((RESOLUTION, RESOLUTION), dtype=bool)
    for (x1, y1), (x2, y2) in zip(corners, corners[1:] + corners[:1]):
        if y1 != y2:
            crossing = x1 + (y - y1) * (x2 - x1) / (y2 - y1)
            inside ^= ((y1 <= y) != (y2 <= y)) & (x < crossing)
    return inside


def _symmetric(*right):
    """Polygon from its right half, listed from top to bottom."""
    left = tuple((-x, y) for x, y in reversed(right))
    return _polygon(*right, *left)


NECK = (_ellipse(0, -0.87, 0.2, 0.17), 0)
SHOE = ((-0.9, -0.25), (-0.55, -0.2), (-0.15, -0.25), (0.45, 0.1))

# Each drawing is a list of (mask, value): later parts cover earlier ones.
# fmt: off
GARMENTS = [
    [  # T-shirt
        (_symmetric((0.2, -0.85), (0.5, -0.75), (0.98, -0.35), (0.78, -0.1),
                    (0.5, -0.35), (0.5, 0.88)), 0.9),
        NECK,
    ],
    [  # trouser
        (_symmetric((0.38, -0.92), (0.5, 0.92), (0.16, 0.92), (0, -0.4)),
         0.9),
        (_box(-0.39, -0.92, 0.39, -0.8), 0.6),
    ],
    [  # pullover
        (_symmetric((0.2, -0.85), (0.5, -0.75), (0.95, 0.72), (0.7, 0.78),
                    (0.52, -0.1), (0.52, 0.8)), 0.9),
        (_box(-0.52, 0.68, 0.52, 0.8), 0.65),
        NECK,
    ],
    [  # dress
        (_symmetric((0.16, -0.92), (0.32, -0.92), (0.34, -0.5),
                    (0.22, -0.15), (0.58, 0.92)), 0.9),
        (_ellipse(0, -0.92, 0.16, 0.22), 0),
        (_box(-0.24, -0.2, 0.24, -0.1), 0.55),
    ],
    [  # coat
        (_symmetric((0.2, -0.9), (0.52, -0.78), (0.92, 0.6), (0.68, 0.68),
                    (0.52, -0.05), (0.6, 0.95)), 0.85),
        (_symmetric((0.22, -0.9), (0.3, -0.7), (0, -0.2)), 0.5),
        (_box(-0.03, -0.3, 0.03, 0.95), 0.2),
    ],
    [  # sandal
        (_polygon((-0.92, 0.1), (-0.4, 0.25), (0.3, 0.3), (0.95, 0.3),
                  (0.9, 0.45), (0.1, 0.45), (-0.65, 0.45), (-0.92, 0.45)),
         0.85),
        (_polygon((0.15, 0.32), (0.35, -0.1), (0.5, -0.1), (0.75, 0.32),
                  (0.6, 0.32), (0.43, 0.05), (0.3, 0.32)), 0.85),
        (_polygon((-0.85, 0.15), (-0.75, -0.35), (-0.62, -0.35),
                  (-0.72, 0.2)), 0.85),
        (_polygon((-0.75, -0.35), (-0.62, -0.35), (-0.05, 0.3),
                  (-0.2, 0.3)), 0.85),
    ],
    [  # shirt
        (_symmetric((0.18, -0.88), (0.46, -0.78), (0.9, 0.5), (0.68, 0.58),
                    (0.47, -0.15), (0.47, 0.85), (0, 0.92)), 0.9),
        (_symmetric((0.24, -0.92), (0.26, -0.68), (0, -0.8)), 0.6),
        (_box(-0.02, -0.78, 0.02, 0.9), 0.55),
        *((_ellipse(0.06, y, 0.04, 0.04), 0.3)
          for y in (-0.5, -0.15, 0.2, 0.55)),
    ],
    [  # sneaker
        (_polygon(*SHOE, (0.9, 0.25), (0.95, 0.4), (-0.9, 0.4)), 0.8),
        (_box(-0.92, 0.36, 0.95, 0.5), 1.0),
        (_polygon((0, 0.2), (0.14, 0.2), (0.24, -0.03), (0.14, -0.1)), 0.4),
    ],
    [  # bag
        (_ellipse(0, -0.25, 0.45, 0.55), 0.8),
        (_ellipse(0, -0.25, 0.34, 0.44), 0),
        (_symmetric((0.75, -0.25), (0.88, 0.75)), 0.85),
        (_box(-0.72, -0.02, 0.72, 0.05), 0.5),
        (_box(-0.1, -0.06, 0.1, 0.14), 0.35),
    ],
    [  # ankle boot
        (_polygon((-0.62, -0.85), (0.1, -0.85), (0.12, -0.1), (0.6, 0.2),
                  (0.88, 0.4), (0.9, 0.62), (-0.68, 0.62)), 0.85),
        (_box(-0.68, 0.58, 0.9, 0.68), 0.55),
        (_box(-0.68, 0.6, -0.25, 0.85), 0.55),
    ],
]

SEGMENTS = {
    "a": _box(-0.4, -0.88, 0.4, -0.66),
    "b": _box(0.3, -0.8, 0.52, 0),
    "c": _box(0.3, 0, 0.52, 0.8),
    "d": _box(-0.4, 0.66, 0.4, 0.88),
    "e": _box(-0.52, 0, -0.3, 0.8),
    "f": _box(-0.52, -0.8, -0.3, 0),
    "g": _box(-0.4, -0.11, 0.4, 0.11),
}
LIT = "abcdef bc abged abgcd fgbc afgcd afgecd abc abcdefg abcdfg".split()
DIGITS = [[(SEGMENTS[s], 1.0) for s in lit] for lit in LIT]

WHEELS = [(_ellipse(x, 0.45, 0.2, 0.2), 0.3) for x in (-0.5, 0.5)]
LEGS = [(_box(x, 0.1, x + 0.12, 0.9), 1.0)
        for x in (-0.6, -0.4, 0.2, 0.4)]
OBJECTS = [
    [  # airplane
        (_ellipse(0, 0, 0.95, 0.14), 1.0),
        (_polygon((0.2, 0), (-0.35, -0.7), (-0.1, -0.7), (0.45, 0)), 0.8),
        (_polygon((0.2, 0), (-0.35, 0.7), (-0.1, 0.7), (0.45, 0)), 0.8),
        (_polygon((-0.6, 0), (-0.95, -0.4), (-0.8, -0.4)), 0.8),
    ],
    [  # automobile
        (_box(-0.95, 0, 0.95, 0.45), 1.0),
        (_symmetric((0.3, -0.4), (0.6, 0.02)), 0.7),
        *WHEELS,
    ],
    [  # bird
        (_ellipse(-0.1, 0.1, 0.5, 0.3), 1.0),
        (_ellipse(0.45, -0.3, 0.22, 0.22), 1.0),
        (_polygon((0.65, -0.35), (0.95, -0.25), (0.65, -0.2)), 0.6),
        (_polygon((-0.5, 0.1), (-0.95, -0.1), (-0.9, 0.3)), 0.8),
        (_polygon((-0.35, 0), (0.15, 0), (-0.3, -0.7)), 0.7),
    ],
    [  # cat
        (_ellipse(0, 0.15, 0.65, 0.6), 1.0),
        (_polygon((-0.62, 0), (-0.6, -0.8), (-0.1, -0.4)), 1.0),
        (_polygon((0.62, 0), (0.6, -0.8), (0.1, -0.4)), 1.0),
        (_ellipse(-0.27, 0, 0.1, 0.1), 0.2),
        (_ellipse(0.27, 0, 0.1, 0.1), 0.2),
    ],
    [  # deer
        (_ellipse(-0.05, 0.05, 0.6, 0.25), 1.0),
        *LEGS,
        (_polygon((0.3, 0), (0.55, -0.5), (0.75, -0.4), (0.55, 0.1)), 1.0),
        (_box(0.5, -0.5, 0.9, -0.32), 1.0),
        (_polygon((0.5, -0.45), (0.25, -0.95), (0.35, -0.95),
                  (0.6, -0.5)), 0.7),
        (_polygon((0.6, -0.5), (0.75, -0.95), (0.85, -0.95),
                  (0.7, -0.45)), 0.7),
    ],
    [  # dog
        (_ellipse(0, 0, 0.5, 0.7), 1.0),
        (_ellipse(-0.6, -0.05, 0.2, 0.5), 0.7),
        (_ellipse(0.6, -0.05, 0.2, 0.5), 0.7),
        (_ellipse(0, 0.35, 0.17, 0.12), 0.2),
    ],
    [  # frog
        (_ellipse(0, 0.25, 0.85, 0.4), 1.0),
        (_ellipse(-0.4, -0.2, 0.22, 0.22), 1.0),
        (_ellipse(0.4, -0.2, 0.22, 0.22), 1.0),
        (_box(-0.5, 0.3, 0.5, 0.38), 0.3),
    ],
    [  # horse
        (_ellipse(-0.05, 0, 0.65, 0.32), 1.0),
        *LEGS,
        (_polygon((0.2, 0), (0.5, -0.9), (0.75, -0.8), (0.6, 0.1)), 1.0),
        (_polygon((0.5, -0.9), (0.97, -0.5), (0.85, -0.35),
                  (0.5, -0.6)), 1.0),
        (_polygon((-0.6, -0.1), (-0.95, 0.5), (-0.8, 0.5)), 0.6),
    ],
    [  # ship
        (_symmetric((0.95, 0.25), (0.65, 0.75)), 1.0),
        (_box(-0.04, -0.9, 0.04, 0.25), 0.8),
        (_polygon((0.08, -0.85), (0.75, 0.15), (0.08, 0.15)), 0.6),
    ],
    [  # truck
        (_box(-0.95, -0.6, 0.3, 0.4), 1.0),
        (_polygon((0.35, -0.2), (0.7, -0.2), (0.95, 0.1), (0.95, 0.4),
                  (0.35, 0.4)), 0.7),
        *WHEELS,
    ],
]
