"""A published table of real people, for the second reading."""

import numpy as np

KINDS = ("tower", "apartment", "atrium", "terrace")
LEVELS = ("low", "medium", "high")
RESIDENTS = (  # satisfaction low, medium, high; a group of three: influence
    ((21, 21, 28), (34, 22, 36), (10, 11, 36)),  # contact low, tower
    ((61, 23, 17), (43, 35, 40), (26, 18, 54)),  # apartment
    ((13, 9, 10), (8, 8, 12), (6, 7, 9)),  # atrium
    ((18, 6, 7), (15, 13, 13), (7, 5, 11)),  # terrace
    ((14, 19, 37), (17, 23, 40), (3, 5, 23)),  # contact high, tower
    ((78, 46, 43), (48, 45, 86), (15, 25, 62)),  # apartment
    ((20, 23, 20), (10, 22, 24), (7, 10, 21)),  # atrium
    ((57, 23, 13), (31, 21, 13), (5, 6, 13)),  # terrace
)


def housing():
    """Satisfaction of 1,681 tenants in Copenhagen with their housing.

    Returns a dict of four arrays of strings, (1681,): "type" of the house
    (KINDS), perceived "influence" on its management (LEVELS), "contact"
    with other tenants ("low" or "high"), and "satisfaction" (LEVELS).
    Source: Madsen (1976), Scandinavian Journal of Statistics 3, 97-106.
    """
    counts = np.reshape(RESIDENTS, (2, 4, 3, 3))
    contact, kind, influence, satisfaction = (
        np.repeat(index.ravel(), counts.ravel())
        for index in np.indices(counts.shape)
    )
    return {
        "type": np.array(KINDS)[kind],
        "influence": np.array(LEVELS)[influence],
        "contact": np.array(("low", "high"))[contact],
        "satisfaction": np.array(LEVELS)[satisfaction],
    }
