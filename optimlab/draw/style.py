"""One look for every figure: fonts, crisp pictures, and a colour, dash and marker for each rule.

The colours of the nine rules started from Okabe and Ito's (2008) and were moved until any two are
at least 10 CIEDE2000 apart, as they are and as protan and deutan eyes see them (Machado et al.
2009); none is exactly theirs any more. A rule is also told by its dash and its marker, so that a
grey print still says which path is which. tests/test_colours.py measures all of it.
"""

from contextlib import contextmanager

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from optimlab import checks
from optimlab.draw.words import described

INK = "#20242a"
MUTED = "#6b7280"
HIGHLIGHT = "#b3261e"
#: hatches a part of a picture where there is no value
UNDEFINED = "#9aa3ad"
#: the colours of six rules, and ink
PALETTE = ["#006EC4", "#CE5600", "#1D9076", "#AC4A89", "#907D4E", "#2E8AB2", "#20242a"]

#: rule name -> colour, dash (on, off, … in pixels) and marker, the same in every lesson
RULES = {
    "SGD": {"color": "#006EC4", "dash": (), "marker": "o"},
    "Momentum": {"color": "#CE5600", "dash": (7, 3), "marker": "s"},
    "Nesterov": {"color": "#1D9076", "dash": (2, 2), "marker": "^"},
    "AdaGrad": {"color": "#907D4E", "dash": (9, 3, 2, 3), "marker": "D"},
    "RMSProp": {"color": "#2E8AB2", "dash": (4, 2), "marker": "v"},
    "Adam": {"color": "#AC4A89", "dash": (12, 3), "marker": "P"},
    "AdaDelta": {"color": "#463D9A", "dash": (4, 2, 1, 2), "marker": "X"},
    "NAdam": {"color": "#A14A56", "dash": (2, 4), "marker": "<"},
    "AdamW": {"color": "#3F4754", "dash": (12, 3, 2, 3, 2, 3), "marker": ">"},
}

#: low values white, high values so light a blue that every rule has a contrast of 3 on it
SURFACE = LinearSegmentedColormap.from_list("optimlab", ["#ffffff", "#eaf2fc", "#d2e4f8"])

#: a star at a minimum: its colour, its size in points, and its place in front of every path
STAR, STAR_SIZE, STAR_ORDER = "#ffd54a", 13, 6.5

KOREAN_FONTS = (
    "Noto Sans CJK KR",
    "Noto Sans KR",
    "NanumGothic",
    "Malgun Gothic",
    "Apple SD Gothic Neo",
    "AppleGothic",
)

RC = {
    "figure.facecolor": "white",
    "figure.dpi": 100,
    "figure.constrained_layout.use": True,
    "axes.facecolor": "white",
    "axes.edgecolor": "#c4c9d1",
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.titlesize": 10,
    "axes.labelsize": 9.5,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.unicode_minus": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": "#e3e6ea",
    "grid.linewidth": 0.8,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "xtick.color": INK,
    "ytick.color": INK,
    "text.color": INK,
    "font.size": 9.5,
    "legend.fontsize": 8.5,
    "legend.frameon": True,
    "legend.framealpha": 0.9,
    "legend.edgecolor": "#e3e6ea",
    "lines.linewidth": 1.8,
    "mathtext.fontset": "dejavusans",
}

#: what a notebook's own figures have besides: seaborn's style "whitegrid" in its context "paper"
WHITEGRID = {
    "axes.linewidth": 1.0,
    "legend.title_fontsize": 9.6,
    "lines.markersize": 4.8,
    "lines.solid_capstyle": "round",
    "patch.edgecolor": "w",
    "patch.force_edgecolor": True,
    "patch.linewidth": 0.8,
    "xtick.bottom": False,
    "ytick.left": False,
    "xtick.major.size": 4.8,
    "ytick.major.size": 4.8,
    "xtick.major.width": 1.0,
    "ytick.major.width": 1.0,
    "xtick.minor.size": 3.2,
    "ytick.minor.size": 3.2,
    "xtick.minor.width": 0.8,
    "ytick.minor.width": 0.8,
}


def korean_font():
    """Name of an installed font with Hangul, or None."""
    installed = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in KOREAN_FONTS if name in installed), None)


def rc():
    """The settings of the series as a matplotlib dict.

    An installed Korean font comes behind DejaVu Sans, so that Latin text looks the same everywhere.
    """
    fonts = ["DejaVu Sans"] + [name for name in [korean_font()] if name]
    return {**RC, "font.family": fonts, "axes.prop_cycle": mpl.cycler(color=PALETTE)}


@contextmanager
def context():
    """Draw with the settings of the series, and leave everybody else's as they were."""
    with mpl.rc_context(rc()):
        yield


def use():
    """Set up every figure of a notebook: a white grid, this palette, sharp 2x PNG.

    What the course set up by hand (context "paper", a Set2-like palette, "whitegrid", PNG in double
    resolution, a Korean font, a minus sign that shows), with colours that colour-blind readers can
    tell apart. It is seaborn's look, and does not need seaborn. Figures get a text of what they
    show, for readers who do not see them.
    """
    mpl.rcParams.update(WHITEGRID | rc())
    try:
        from IPython import get_ipython
        from matplotlib_inline.backend_inline import set_matplotlib_formats
    except ImportError:  # plain Python: nothing to set up
        return
    shell = get_ipython()
    if shell is not None:
        set_matplotlib_formats("png2x")
        _tell(shell.display_formatter.formatters["image/png"])


def _tell(formatter):
    """Let figures be shown with what they show in words."""
    draw = formatter.lookup_by_type(Figure)

    def show(figure):
        shown = draw(figure)
        return shown and (shown[0], shown[1] | {"alt": described(figure)})

    formatter.for_type(Figure, show)


def linestyle(dash):
    """matplotlib's name for a dash in pixels: on, off, …; a solid line for none.

    >>> linestyle((7, 3)), linestyle(())
    ((0, (7, 3)), '-')
    """
    return (0, tuple(dash)) if dash else "-"


def rule_style(name):
    """Colour, dash and marker of the rule called `name`; ink for a rule that has none of its own.

    >>> rule_style("Momentum")["marker"]
    's'
    """
    checks.text("name", name, "the name of a rule")
    return dict(RULES.get(name, {"color": INK, "dash": (), "marker": "o"}))


def rule_styles(names):
    """The looks of several rules, told apart: of those without one only the first is in ink.

    >>> looks = rule_styles(["SGD", "Mine", "Yours"])
    >>> looks["Mine"]["color"] == INK, looks["Yours"] == rule_style("AdamW")
    (True, True)
    """
    names = checks.names("names", names)
    spare = [None, *(name for name in reversed(RULES) if name not in names)]
    return {n: rule_style(n if n in RULES or not spare else spare.pop(0) or n) for n in names}
