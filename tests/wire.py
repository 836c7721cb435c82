"""What a live plot sent, read back as the browser reads it. For the tests of every explorer."""

import numpy as np


def sent(plot, mark, packed=None, frame=0):
    """The fractions of a mark, from its place in the buffer."""
    packed = packed or plot.data
    values = np.frombuffer(packed["buffer"], np.float32)
    offset, rows, columns = packed["list"][frame]["marks"][mark]
    return values[offset : offset + rows * columns].reshape(rows, columns)


def shown(explorer, mark, packed=None, frame=0):
    """A mark in data coordinates."""
    fractions = sent(explorer.plot, mark, packed, frame).astype(float)
    spec = next(m for m in explorer.plot.marks if m["name"] == mark)
    axes = explorer.plot.axes[spec["axes"]]
    out = np.empty_like(fractions)
    for i in range(fractions.shape[1]):
        low, high = axes["ylim" if i % 2 else "xlim"]
        if axes["yscale" if i % 2 else "xscale"] == "log":
            out[:, i] = low * (high / low) ** fractions[:, i]
        else:
            out[:, i] = low + fractions[:, i] * (high - low)
    return out
