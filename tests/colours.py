"""How far two colours are apart for an eye: CIEDE2000, under normal, protan and deutan sight."""

import numpy as np
from matplotlib.colors import to_rgb

#: what dichromats see, on linear RGB (Machado, Oliveira and Fernandes 2009, severity 1.0)
SIGHTS = {
    "normal": np.eye(3),
    "protan": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deutan": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
}
#: linear sRGB to XYZ, and the white of both (D65)
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
WHITE = TO_XYZ.sum(axis=1)


def linear(color):
    """The linear RGB of a colour such as "#0072B2"."""
    rgb = np.array(to_rgb(color))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(color, sight="normal"):
    """CIELAB of a colour as it is seen."""
    seen = np.clip(SIGHTS[sight] @ linear(color), 0, 1)
    share = TO_XYZ @ seen / WHITE
    cut = (6 / 29) ** 3
    fx, fy, fz = np.where(share > cut, np.cbrt(share), share / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)])


def ciede2000(one, other):
    """The distance of two colours in CIELAB; the names are those of Sharma, Wu and Dalal 2005."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    c7 = ((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2) ** 7
    stretch = 1.5 - 0.5 * np.sqrt(c7 / (c7 + 25.0**7))
    a1, a2 = a1 * stretch, a2 * stretch
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = (np.degrees(np.arctan2(b, a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn, mean = h2 - h1, (h1 + h2) / 2
    if c1 * c2 == 0:
        turn, mean = 0.0, h1 + h2
    elif abs(turn) > 180:
        turn -= np.copysign(360, turn)
        mean += 180 if h1 + h2 < 360 else -180
    light, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    d_light, d_chroma = l2 - l1, c2 - c1
    d_hue = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    t = (
        1
        - 0.17 * np.cos(np.radians(mean - 30))
        + 0.24 * np.cos(np.radians(2 * mean))
        + 0.32 * np.cos(np.radians(3 * mean + 6))
        - 0.20 * np.cos(np.radians(4 * mean - 63))
    )
    s_light = 1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2)
    s_chroma, s_hue = 1 + 0.045 * chroma, 1 + 0.015 * chroma * t
    bend = np.radians(60 * np.exp(-(((mean - 275) / 25) ** 2)))
    r = -2 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7)) * np.sin(bend)
    x, y, z = d_light / s_light, d_chroma / s_chroma, d_hue / s_hue
    return float(np.sqrt(x * x + y * y + z * z + r * y * z))


def apart(one, other, sight="normal"):
    """How far two colours are apart as they are seen."""
    return ciede2000(lab(one, sight), lab(other, sight))


def nearest_sight(one, other):
    """The smallest of their distances, and under which sight it is."""
    return min((apart(one, other, sight), sight) for sight in SIGHTS)


def contrast(one, other):
    """The ratio of their luminances as WCAG has it, 1 to 21."""
    low, high = sorted(0.05 + TO_XYZ[1] @ linear(color) for color in (one, other))
    return high / low
