"""Figures of the book: one style, one colour per class, no legend needed.

Text is mid-grey and the background transparent, so that a figure can be read
on a light and on a dark page. Every helper takes an ``ax`` and returns it.
"""

import matplotlib.pyplot as plt
import numpy as np

# Okabe & Ito's palette without black and yellow, which vanish on dark and
# on light pages.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9")
GREY = "#7d7d7d"
WIDTH = 6.4  # inches: the text column


def use_style():
    """Set matplotlib's defaults for the book."""
    plt.rcParams.update(
        {
            "figure.figsize": (WIDTH, 3.2),
            "figure.dpi": 200,
            "savefig.transparent": True,
            "figure.facecolor": "none",
            "axes.facecolor": "none",
            "figure.constrained_layout.use": True,
            "font.size": 10.5,
            "mathtext.fontset": "cm",
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
                fontsize=8,
            )
    rows = -(-n // columns)
    ax.set(
        xlim=(0, columns * step_x),
        axisbelow=True,
        ylim=(rows * step_y, -0.4 * height if titled else 0),
    )
    ax.axis("off")
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
            color=line.get_color(),
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
            color=colour,
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
