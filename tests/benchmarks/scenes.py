"""The same scene three times, as notebook cells: contour lines with a path, and its loss beside it.

`MATPLOTLIB` and `PLOTLY` are what a careful notebook does by itself: the surface is computed once,
the slider has the same learning rates, plotly's traces change in one batch. optimlab gives them
the finished path, so that only the pictures are compared. All are of one size on the screen;
matplotlib's has half the live plot's resolution, which is its default.
"""

LIVE = """\
from optimlab import SGD, explore
explore("ravine", SGD, lr=0.1, start=(-7, 2), steps=60)
"""

#: what the page walks by itself, and the slider of its momentum
WALKS = {
    "60 steps of Momentum on `ravine`": (
        "from optimlab import explore\n"
        'explore("ravine", "Momentum", lr=0.1, start=(-7, 2), steps=60)', "momentum"),
    "1,000 of Adam on `rosenbrock`": (
        "from optimlab import explore\n"
        'explore("rosenbrock", "Adam", lr=0.01, start=(-1.25, 1), steps=1000)', "beta1"),
    "three rules of 1,000": (
        "from optimlab import explore\n"
        'explore("rosenbrock", ["SGD", "Momentum", "Adam"], lr=0.001, start=(-1, 1), steps=1000)',
        "momentum"),
}  # fmt: skip

#: instruments that play from frames: a race, and the update of each step
RACE = """\
from optimlab import explore, race
race("ravine", ["SGD", "Momentum", "Adam"])
"""
INSPECTED = 'explore("ravine", "Momentum", lr=0.1, start=(-7, 2), steps=60, inspect=True)'

#: a network that trains as fast as the machine can, once it is played
TRAINING = """\
import numpy as np
from optimlab import data
from optimlab.explorers import BoundaryExplorer
arms = data.spirals(points=200, rng=np.random.default_rng(0))
network = BoundaryExplorer(arms, epochs=100_000, pace=None)
network
"""

COMMON = """\
import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots
from optimlab import SGD, descend, functions
from optimlab.explorers.controls import decades

x, y = (np.linspace(low, high, 181) for low, high in functions.ravine.domain)
z = functions.ravine(np.stack(np.meshgrid(x, y), axis=-1))
levels = z.max() * np.linspace(0, 1, 15) ** 2
rates = [(f"{rate:g}", rate) for rate in decades(0.001, 2.0, 0.1)]

def slider():
    return widgets.SelectionSlider(options=rates, value=0.1, description="learning rate")

def run(lr):
    return descend(functions.ravine, SGD(lr=lr), start=(-7, 2), steps=60)
"""

MATPLOTLIB = """\
def draw(lr):
    path = run(lr)
    size = {"figsize": (9.2, 3.7), "dpi": 100, "layout": "constrained"}
    figure, (left, right) = plt.subplots(1, 2, **size)
    left.contourf(x, y, z, levels, cmap="Blues")
    left.contour(x, y, z, levels, colors="gray", linewidths=0.7)
    left.plot(*path.points.T, "o-", markersize=4)
    left.plot(0, 0, "*", markersize=13)
    left.set(xlabel="x", ylabel="y", xlim=(x[0], x[-1]), ylim=(y[0], y[-1]))
    right.semilogy(path.losses, "o-", markersize=4)
    right.set(xlabel="step", ylabel="loss", ylim=(1e-6, 2 * z.max()))
    plt.show()

_ = widgets.interact(draw, lr=slider())
"""

PLOTLY = """\
path = run(0.1)
figure = go.FigureWidget(make_subplots(1, 2))
figure.add_contour(x=x, y=y, z=z, ncontours=14, showscale=False, row=1, col=1)
figure.add_scatter(x=path.points[:, 0], y=path.points[:, 1], mode="lines+markers", row=1, col=1)
figure.add_scatter(y=path.losses, mode="lines+markers", row=1, col=2)
figure.update_xaxes(range=[x[0], x[-1]], row=1, col=1)
figure.update_yaxes(range=[y[0], y[-1]], row=1, col=1)
figure.update_yaxes(type="log", range=[-6, 1], row=1, col=2)
figure.update_layout(width=920, height=370, showlegend=False)

def change(event):
    path = run(event.new)
    with figure.batch_update():
        figure.data[1].x, figure.data[1].y = path.points.T
        figure.data[2].y = path.losses

rate = slider()
rate.observe(change, "value")
widgets.VBox([rate, figure])
"""
