"""What holds for every test: a file lets go of what it made."""

import gc
import sys

import pytest
from hypothesis import HealthCheck, settings
from node import Modules

# there is another file of this name: doctests are not looked for in it
collect_ignore = ["conftest.py"]

# How long an example takes says more of what else the machine does than of the code.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(autouse=True, scope="module")
def let_go(request):
    """Widgets, figures and cached runs end with the file that made them.

    ipywidgets and pyplot keep what nobody closes, and each collection of garbage looks at it all:
    but for what stood there before, libraries and collected tests among them, which it may pass by.
    """
    gc.freeze()
    yield
    import matplotlib.pyplot as plt
    from ipywidgets import Widget

    plt.close("all")
    Widget.close_all()
    for module in filter(None, (request.module, sys.modules.get("worked"))):
        for value in vars(module).values():
            if callable(forget := getattr(value, "cache_clear", None)):
                forget()
    gc.collect()


@pytest.fixture
def shell(monkeypatch, tmp_path):
    """A shell as a notebook has it, for one test."""
    import matplotlib.pyplot as plt
    from IPython.core.interactiveshell import InteractiveShell

    from optimlab.draw.live.late import cells

    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setattr(InteractiveShell, "enable_gui", lambda self, gui=None: None)
    shell, backend = InteractiveShell.instance(), plt.get_backend()
    shell.enable_matplotlib("inline")
    cells.listen()
    yield shell
    plt.switch_backend(backend)
    shell.history_manager.end_session()
    shell.restore_sys_module_state()
    InteractiveShell.clear_instance()


@pytest.fixture(scope="session")
def run(tmp_path_factory):
    """Run JavaScript beside the modules of the live plot: see node.py."""
    return Modules(tmp_path_factory.mktemp("modules"))
