"""Figures of the book: one style, one colour per class, no legend needed.

Lines and areas are drawn in COLOURS, words in the darker INK of the same
hue, so that they can be read on white (contrast at least 4.5 to 1). On a
dark page the site inverts figures, and keeps those with photographs on
white. Every helper takes an ``ax`` and returns it.
"""

import matplotlib.pyplot as plt
import numpy as np

# Okabe & Ito's palette without black and yellow, which vanish on dark and
# on light pages.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9")
INK = ("#0072B2", "#96610A", "#007F5C", "#BF4F00", "#A8527F", "#1B7AAE")
GREY = "#595959"
WIDTH = 5.4  # inches: 10.5 points are then 9 px on a phone of 390 px


def ink(colour):
    """The colour of INK for words about what is drawn in a colour."""
    return dict(zip(COLOURS, INK)).get(colour, colour)


def use_style():
    """Set matplotlib's defaults for the book."""
    plt.rcParams.update(
        {
            "figure.figsize": (WIDTH, 3.2),
            "figure.dpi": 200,
            "savefig.transparent": False,
            "figure.facecolor": "white",
            "axes.facecolor": "none",
            "figure.constrained_layout.use": True,
            "font.size": 10.5,
            "mathtext.fontset": "dejavusans",
            "text.color": GREY,
            "axes.labelcolor": GREY,
            "axes.edgecolor": GREY,
            "xtick.color": GREY,
            "ytick.color": GREY,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.prop_cycle": plt.cycler(color=COLOURS),
            "lines.linewidth": 2,
        }
    )


def show_images(ax, images, titles=None, columns=9):
    """Draw images in a grid, each with its title above it.

    images: (n, h, w) grey or (n, h, w, 3) colour. titles: n strings.
    """
    n, height, width = np.shape(images)[:3]
    titled = titles is not None
    if titled and len(titles) != n:
        raise ValueError(f"titles must hold {n} strings, got {len(titles)}")
    columns = min(columns, n)
    step_x, step_y = width * 1.08, height * (1.42 if titled else 1.08)
    for i, image in enumerate(images):
        left, top = i % columns * step_x, i // columns * step_y
        ax.imshow(
            image,
            cmap="gray",
            vmin=0,
            vmax=255,
            aspect="equal",
            extent=(left, left + width, top + height, top),
        )
        if titled:
            ax.text(
                left + width / 2,
                top - 0.06 * height,
                titles[i],
                ha="center",
                va="bottom",
                fontsize=8 if columns > 6 else 10.5,
            )
    rows = -(-n // columns)
    ax.set(
        xlim=(0, columns * step_x),
        axisbelow=True,
        ylim=(rows * step_y, -0.4 * height if titled else 0),
    )
    ax.axis("off")
    return ax


def plot_scores(ax, x, W, b, names):
    """Draw z_k = x . w_k + b_k as boxes with numbers, one row a class.

    x: (d,). W: (d, K); column k is drawn as row k. b: (K,). names: K strings.
    """
    d, K = W.shape
    z, top = x @ W + b, (K - d) / 2
    parts = (
        (W.T, 0, 0, "$w_k$"),
        (x[:, np.newaxis], d + 0.7, top, "$x$"),
        (b[:, np.newaxis], d + 2.4, 0, "$b_k$"),
        (z[:, np.newaxis], d + 4.1, 0, "$z_k$"),
    )
    for A, left, above, name in parts:
        colours = [GREY] * d if name == "$x$" else INK
        draw_boxes(ax, left, above, A, colours)
        ax.text(left + A.shape[1] / 2, min(top, 0) - 0.4, name, ha="center")
    for left, sign in ((d, "·"), (d + 1.7, "+"), (d + 3.4, "=")):
        ax.text(left + 0.35, K / 2, sign, ha="center", va="center")
    for k, name in enumerate(names):
        ax.text(d + 5.3, k + 0.5, name, color=INK[k], va="center")
    ax.set(xlim=(-0.1, d + 7), ylim=(max(K, K - top) + 0.1, min(top, 0) - 1))
    ax.set_aspect("equal")
    ax.axis("off")
    return ax


def draw_boxes(ax, left, top, A, colours):
    """Draw the entries of A (rows, columns) in boxes, coloured by row."""
    for (i, j), value in np.ndenumerate(A):
        box = (left + j, top + i)
        ax.add_patch(
            plt.Rectangle(box, 1, 1, fill=False, edgecolor=colours[i])
        )
        ax.text(
            box[0] + 0.5,
            box[1] + 0.5,
            f"{value:.2f}",
            ha="center",
            va="center",
            color=colours[i],
        )
    return ax


def plot_curves(ax, x, curves, x_label="", y_label=""):
    """Draw lines and name each at its right end.

    x: (m,). curves: dict from name to (m,) values.
    """
    for name, values in curves.items():
        (line,) = ax.plot(x, values)
        ax.annotate(
            name,
            (x[-1], values[-1]),
            xytext=(6, 0),
            va="center",
            textcoords="offset points",
            color=ink(line.get_color()),
            annotation_clip=False,
        )
    ax.set(xlabel=x_label, ylabel=y_label)
    return ax


def plot_probabilities(ax, p, names):
    """Bars for one probability vector p (K,), each with its value."""
    bars = ax.bar(range(len(p)), p, color=COLOURS[: len(p)], width=0.7)
    ax.bar_label(bars, [f"{value:.3f}" for value in p], padding=2)
    ax.set(
        xticks=range(len(p)),
        xticklabels=names,
        ylim=(0, 1.12),
        yticks=(0, 0.5, 1),
    )
    return ax


def plot_regions(ax, probabilities, x_range, y_range, points=300):
    """Shade the plane by the most probable class.

    Bands show its lead over the runner-up, in steps of 0.2.
    probabilities: function from (n, 2) points to (n, K) probabilities.
    """
    x, y = np.linspace(*x_range, points), np.linspace(*y_range, points)
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    P = probabilities(grid).reshape(points, points, -1)
    for k, colour in zip(range(P.shape[-1]), COLOURS):
        lead = P[..., k] - np.delete(P, k, axis=-1).max(axis=-1)
        for low in np.arange(0, 1, 0.2):
            if lead.max() > low:
                ax.contourf(
                    x, y, lead, levels=(low, 2), colors=[colour], alpha=0.15
                )
    ax.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
    return ax


def simplex_coordinates(P):
    """Points of the plane for probability vectors over three classes.

    P: (n, 3). Returns (n, 2): the corners of an equilateral triangle with
    side 1, weighted by the rows of P.
    """
    corners = np.array([[0, 0], [1, 0], [0.5, np.sqrt(3) / 2]])
    return np.asarray(P) @ corners


def plot_simplex(ax, names):
    """Draw the triangle of all distributions over three named classes."""
    corners = simplex_coordinates(np.eye(3))
    ax.fill(*corners.T, facecolor="none", edgecolor=GREY, linewidth=1.2)
    shifts = (
        (-6, -6, "right", "top"),
        (6, -6, "left", "top"),
        (0, 6, "center", "bottom"),
    )
    for corner, name, colour, (dx, dy, ha, va) in zip(
        corners, names, COLOURS, shifts
    ):
        ax.annotate(
            name,
            corner,
            xytext=(dx, dy),
            ha=ha,
            va=va,
            textcoords="offset points",
            color=ink(colour),
        )
    ax.set(aspect="equal", xlim=(-0.25, 1.25), ylim=(-0.12, 1.0))
    ax.axis("off")
    return ax


def draw_nodes(ax, centres, labels, colour, radius=0.3):
    """Draw labelled circles at the centres (m, 2)."""
    for centre, label in zip(centres, labels):
        ax.add_patch(
            plt.Circle(
                centre, radius, fill=False, edgecolor=colour, linewidth=1.6
            )
        )
        ax.text(*centre, label, ha="center", va="center", fontsize=13)
    return ax


def plot_network(ax, inputs, outputs):
    """Draw one fully connected layer from named inputs to named outputs."""
    d, K = len(inputs), len(outputs)
    bottom = [((i - (d - 1) / 2) * 1.6, 0) for i in range(d)]
    top = [((k - (K - 1) / 2) * 1.6, 2.2) for k in range(K)]
    for k, (x_top, y_top) in enumerate(top):
        for x_bottom, y_bottom in bottom:
            ax.plot(
                (x_bottom, x_top),
                (y_bottom + 0.3, y_top - 0.3),
                color=COLOURS[k],
                linewidth=1,
                alpha=0.8,
            )
    draw_nodes(ax, bottom, inputs, GREY)
    for k, name in enumerate(outputs):
        draw_nodes(ax, top[k : k + 1], [name], COLOURS[k])
    ax.set(aspect="equal", xlim=(-3.2, 3.2), ylim=(-0.5, 2.7))
    ax.axis("off")
    return ax


def plot_graph(ax, boxes, arrows):
    """Draw named boxes and arrows between them.

    boxes: dict from text to the (x, y) of its centre. arrows: pairs of texts.
    """
    drawn = {}
    for text, centre in boxes.items():
        drawn[text] = ax.text(
            *centre,
            text,
            ha="center",
            va="center",
            fontsize=11,
            bbox={
                "boxstyle": "round,pad=0.4",
                "facecolor": "none",
                "edgecolor": COLOURS[5],
            },
        )
    for start, end in arrows:
        ax.annotate(
            "",
            boxes[end],
            boxes[start],
            arrowprops={
                "arrowstyle": "-|>",
                "color": GREY,
                "shrinkA": 2,
                "shrinkB": 2,
                "patchA": drawn[start].get_bbox_patch(),
                "patchB": drawn[end].get_bbox_patch(),
            },
        )
    x, y = zip(*boxes.values())
    ax.set(
        xlim=(min(x) - 0.8, max(x) + 0.8), ylim=(min(y) - 0.5, max(y) + 0.5)
    )
    ax.axis("off")
    return ax
