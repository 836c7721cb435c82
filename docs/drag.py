"""The moving picture at the top of README, made anew: python docs/drag.py

A start is dragged once around the minimum of a ravine, and both runs follow it, as on the page.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from optimlab import explore

PICTURES = 56


def drag(path, pictures=PICTURES):
    """Write the GIF; it ends where it begins."""
    explorer = explore("ravine", ["SGD", "Momentum"], lr=0.1, start=(-7, 2), steps=60)
    turns = np.arange(pictures) / pictures * 2 * np.pi
    around = zip(-1.5 - 5.5 * np.cos(turns), 2 * np.cos(turns) - 1.2 * np.sin(turns), strict=True)
    explorer.save(path, moves=[{"start": (float(x), float(y))} for x, y in around])


if __name__ == "__main__":
    drag(*(sys.argv[1:] or [Path(__file__).with_name("drag.gif")]))
