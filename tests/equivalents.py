"""Mutants that compute the same as the code does, so that no test can kill them.

Each is (file, function, line as it is, line as it becomes, why nobody can tell the two apart).
"""

EQUIVALENT = [
    ("optimlab/explorers/shapes.py", "ConditionExplorer._measure",
     "points = self._runs(conditions, (-7, 2), enough).points",
     "points = self._runs(conditions, (-(-7), 2), enough).points",
     "The ravine is its own mirror image: from (7, 2) the run is as far away at every step."),
    ("optimlab/study/analysis.py", "destination",
     "end[~known] = 0.0 # somewhere, so that it may go on; masked below",
     "end[~known] = 1.0 # somewhere, so that it may go on; masked below",
     "Wherever a lost run goes on from, it is given as lost."),
    ("optimlab/draw/live/raster.py", "few", "if len(known) > most:", "if len(known) >= most:",
     "As many colours as there is room for are all kept either way, those seen most first or not."),
    ("optimlab/explorers/basins.py", "BasinExplorer._first_look",
     'self._left = left[np.argsort(~border.ravel()[left], kind="stable")]',
     "self._left = left[np.argsort(~border.ravel()[left], )]",
     "Cells at a border are refined first either way, in whichever order among themselves."),
    ("optimlab/draw/live/raster.py", "lay_out",
     'if axis.get_scale() == "log":', 'if axis.get_scale() >= "log":',
     "An axis of ours is linear or log, and of these two only log is not before log."),
    ("optimlab/draw/live/raster.py", "_fit",
     "for ax, box in zip(axes, own, strict=True):", "for ax, box in zip(axes, own, ):",
     "A box is measured for each of the axes two lines above, so neither is the longer."),
    ("optimlab/keys/lesson_16_playground.py", "lost",
     "xs = np.linspace(-5, 4, 60)", "xs = np.linspace(4, -5, 60)",
     "The same grid from its other end: as many of its starts are lost."),
]  # fmt: skip
