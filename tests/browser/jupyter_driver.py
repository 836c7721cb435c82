"""A real JupyterLab and a real Chromium, for the browser tests and for look.py.

`Server` is a JupyterLab of its own: own settings, workspaces, kernels and a folder of copies,
so neither the checkout nor the user's JupyterLab is touched. `Lab` drives one page of it.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from nbformat import v4

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-unsafe-swiftshader",  # plotly's surfaces need WebGL, which here is software
    "--force-color-profile=srgb",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]
#: seconds to wait for a state, on a machine that may be busy with other things
PATIENCE = 60
NOT_LOCAL = re.compile(r"^(?:https?|wss?)://(?!127\.0\.0\.1[:/])")
#: what anywidget says of a module that a busy machine brings late; patience.js makes it good
LATE = re.compile(r"\[anywidget\] Failed to initialize model")
SETTINGS = {
    # Every cell is in the page, also those out of sight.
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False},
    "@jupyterlab/apputils-extension/notification": {
        "checkForUpdates": False,
        "doNotDisturbMode": True,
        "fetchNews": "false",
    },
}
#: how many notebooks one after another are opened in a JupyterLab, whose page grows with each,
#: before it is loaded anew, which costs more than a notebook
MOST_OPENED = 8
PYTHON = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def find_browser() -> str | None:
    """The path of a Chromium-like browser, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


class Server:
    """JupyterLab on a free port of 127.0.0.1, serving copies of the notebooks in `root`.

    With `keeps_answers` a learner's answers go to the file beside the notebooks, as in life.
    `app` is jupyterlab, or notebook for Notebook 7, in which a `Lab` opens one notebook.
    """

    def __init__(
        self, notebooks: Path = NOTEBOOKS, keeps_answers: bool = False, app: str = "jupyterlab"
    ):
        self.notebooks, self.keeps_answers, self.app = Path(notebooks), keeps_answers, app
        self._temporary = tempfile.TemporaryDirectory(prefix="lab-", ignore_cleanup_errors=True)
        self.folder = Path(self._temporary.name).resolve()
        self.root = self.folder / "notebooks"
        self.process = None
        self.url = None

    def __enter__(self) -> Server:
        try:
            return self._start()
        except BaseException:
            self.__exit__()
            raise

    def _start(self) -> Server:
        skip = shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__")
        if self.notebooks.is_dir():
            shutil.copytree(self.notebooks, self.root, ignore=skip)
        else:
            self.root.mkdir()
        for name, values in SETTINGS.items():
            path = self.folder / "settings" / f"{name}.jupyterlab-settings"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(values))
        # The kernel is this very Python, whatever else is installed on the machine.
        kernel = self.folder / "data" / "kernels" / "python3" / "kernel.json"
        kernel.parent.mkdir(parents=True)
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        named = {key: PYTHON[key] for key in ("display_name", "language")}
        kernel.write_text(json.dumps({"argv": argv} | named))
        environment = os.environ | {
            "IPYTHONDIR": str(self.folder / "ipython"),
            "JUPYTERLAB_SETTINGS_DIR": str(self.folder / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(self.folder / "workspaces"),
            "JUPYTER_CONFIG_DIR": str(self.folder / "config"),
            "JUPYTER_DATA_DIR": str(self.folder / "data"),
            "JUPYTER_PATH": str(self.folder / "data"),
            "JUPYTER_RUNTIME_DIR": str(self.folder / "runtime"),
            "OPTIMLAB_PROGRESS": "",
        }
        environment.pop("JUPYTER_TOKEN", None)
        if self.keeps_answers:
            del environment["OPTIMLAB_PROGRESS"]
        command = [
            sys.executable,
            "-m",
            self.app,
            "--allow-root",
            "--no-browser",
            "--LabApp.expose_app_in_browser=True",
            "--JupyterNotebookApp.expose_app_in_browser=True",
            "--ServerApp.ip=127.0.0.1",
            "--ServerApp.port=0",
            f"--ServerApp.root_dir={self.root}",
            "--ServerApp.disable_check_xsrf=True",
            "--IdentityProvider.token=",
        ]
        self.log = self.folder / "server.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                cwd=self.root,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=os.name != "nt",
            )
        self._wait_until_it_answers(60)
        return self

    def _wait_until_it_answers(self, seconds):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.process.poll() is None:
            for path in self.folder.glob("runtime/jpserver-*.json"):
                with contextlib.suppress(OSError, ValueError):
                    self.url = f"http://127.0.0.1:{json.loads(path.read_text())['port']}"
                    self.request("GET", "/api/status")
                    return
            time.sleep(0.05)
        raise RuntimeError(f"JupyterLab did not start:\n{self.log.read_text(errors='replace')}")

    def request(self, method: str, path: str):
        """The server's REST answer, parsed; None where it has no body."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(urllib.request.Request(self.url + path, method=method), timeout=30) as r:
            body = r.read()
        return json.loads(body) if body else None

    def end_sessions(self):
        """Shut down every kernel, so that the next page begins with a new one."""
        for session in self.request("GET", "/api/sessions"):
            self.request("DELETE", f"/api/sessions/{session['id']}")

    def __exit__(self, *_):
        if self.process is not None and self.process.poll() is None:
            with contextlib.suppress(OSError):
                self.end_sessions()
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._temporary.cleanup()


# What the page is asked. `panel` is JupyterLab's own object for the notebook in front.
PANEL = "const panel = window.jupyterapp?.shell?.currentWidget;"
READY = f"""() => {{ {PANEL}
  return Boolean(panel?.context?.isReady && panel.sessionContext?.isReady
    && panel.sessionContext.session?.kernel?.status === 'idle'
    && panel.content.widgets.length > 0
    && panel.content.widgets.every(cell => cell.isAttached && cell.inputHidden !== undefined));
}}"""
COUNTS = f"""() => {{ {PANEL}
  return panel.content.widgets.filter(cell => cell.model.type === 'code')
    .map(cell => cell.model.executionCount);
}}"""
RAN = f"""() => {{ {PANEL}
  if (!window.__ran) return false;
  if (panel.sessionContext.session?.kernel?.status !== 'idle') return false;
  return !Array.from(document.querySelectorAll('.jp-OutputArea-output'))
    .some(node => node.innerText?.trim() === 'Loading widget...');
}}"""
ERRORS = f"""() => {{ {PANEL}
  const found = [];
  panel.content.widgets.forEach((cell, i) => {{
    if (cell.model.type !== 'code') return;
    for (let k = 0; k < cell.model.outputs.length; k++) {{
      const data = cell.model.outputs.get(k).toJSON();
      if (data.output_type === 'error')
        found.push(`cell ${{i}}: ${{data.ename}}: ${{data.evalue}}`);
      if (data.output_type === 'stream' && data.name === 'stderr')
        found.push(`cell ${{i}}: stderr: ${{[].concat(data.text).join('').slice(0, 400)}}`);
    }}
    for (const node of cell.node.querySelectorAll('.jp-OutputArea-output')) {{
      const text = node.innerText || '';
      if (/Error displaying widget|Error creating widget|Failed to load model/.test(text))
        found.push(`cell ${{i}}: ${{text.slice(0, 400)}}`);
    }}
  }});
  return found;
}}"""
PYTHON_LINE = f"""async code => {{ {PANEL}
  const kernel = panel.sessionContext.session.kernel;
  const future = kernel.requestExecute({{code, store_history: false}});
  let text = '';
  future.onIOPub = m => {{ if (m.header.msg_type === 'stream') text += m.content.text; }};
  await future.done; return text.trim(); }}"""
# Close every document as it is, without a question, and end its kernel.
CLOSE = """async () => {
  const {commands, shell} = window.jupyterapp;
  for (const {context, sessionContext} of shell.widgets('main')) {
    if (context) context.model.dirty = false;
    await sessionContext?.shutdown();
  }
  await commands.execute('application:close-all');
}"""
TWO_FRAMES = "() => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))"


def beyond(selector: str) -> str:
    """A question to the page: what of this reaches beyond the right edge of the notebook.

    A wide panel does not: it is scrolled within its row.
    """
    return f"""() => {{ const right = node => node.getBoundingClientRect().right;
  const edge = right(document.querySelector('.jp-Notebook'));
  return [...document.querySelectorAll('{selector}')]
    .filter(node => !(parseFloat(node.style.minWidth) > 0))
    .filter(node => right(node) > edge + 1).map(node => node.outerHTML.slice(0, 80)); }}"""


class Lab:
    """One browser page on a `Server`. Cell numbers count every cell, from 0."""

    def __init__(self, server: Server, context, shots: Path | None = None):
        self.server = server
        self.outside = []  # addresses beyond 127.0.0.1 that the page asked for
        self.console = []  # errors in the browser's console, uncaught exceptions among them
        self.name = None
        self.opened = 0  # notebooks since JupyterLab was loaded
        self.page = context.new_page()
        self.size = self.page.viewport_size
        self.renew(shots)
        # FLAGS keep such requests from getting anywhere. To refuse them here would cost the cache.
        for kind in ("request", "websocket"):
            self.page.on(kind, lambda s: NOT_LOCAL.match(s.url) and self.outside.append(s.url))
        self.page.on("pageerror", lambda error: self._heard(str(error)))
        self.page.on("console", lambda said: said.type == "error" and self._heard(
            f"{said.text} {said.location.get('url', '')}".strip()))  # fmt: skip
        self.page.on("dialog", lambda dialog: dialog.accept())  # "leave this page?"

    def renew(self, shots: Path | None = None):
        """Forget what a test has seen and set; the JupyterLab in the page stays."""
        self.shots = Path(shots or self.server.folder / "shots")
        self.outside.clear()
        self.console.clear()
        self.page.set_viewport_size(self.size)
        self.page.emulate_media(reduced_motion="null")

    def _heard(self, error: str):
        if not LATE.search(error):
            self.console.append(error)

    def open(
        self, notebook: str | Path, run: bool = False, timeout: float = 60, page: bool = False
    ):
        """Open a fresh copy of a notebook, with a fresh kernel; return the page.

        `notebook` is a name in notebooks/, or the path of any notebook. With `page` JupyterLab,
        too, is loaded anew.
        """
        source = Path(notebook)
        if not source.is_file():
            source = self.server.notebooks / source.name
        document = json.loads(source.read_text(encoding="utf-8"))
        return self._begin(source.name, document, run, timeout, page)

    def show(self, *sources: str, name: str = "draft", run: bool = True, page: bool = False):
        """Open a notebook of these code cells, with a fresh kernel, and run it without an error."""
        document = v4.new_notebook(cells=[v4.new_code_cell(source) for source in sources])
        self._begin(f"{name}.ipynb", document, page=page)
        assert not run or self.run_all() == []

    def _begin(self, name, document, run=False, timeout=60, page=False):
        self.name = name
        self._close()
        self.server.end_sessions()
        # A draft without a kernelspec would make JupyterLab ask which kernel to use.
        document["metadata"].setdefault("kernelspec", PYTHON)
        self.saved().write_text(json.dumps(document), encoding="utf-8")
        return self._visit(page or self.opened % MOST_OPENED == 0, run, timeout)

    def reopen(self, run: bool = False, timeout: float = 60, page: bool = True):
        """Open the notebook as it was saved; with `page` JupyterLab, too, is loaded anew."""
        return self._visit(page, run, timeout)

    def _close(self):
        if self.opened:
            self.page.evaluate(CLOSE)

    def _visit(self, page, run, timeout):
        self._close()
        self.console.clear()
        if page:
            self.opened = 0
            way = "lab/tree" if self.server.app == "jupyterlab" else "notebooks"
            self.page.goto(f"{self.server.url}/{way}/{self.name}?reset")
        else:
            self.page.evaluate("window.jupyterapp.shell.expandLeft()")  # as it was at first
            self.command("docmanager:open", path=self.name)
        self.opened += 1
        self.until(READY, timeout=timeout)
        self.settle()
        if run:
            self.run_all()
        return self.page

    def command(self, name: str, **arguments):
        """Run one of JupyterLab's commands and wait for it."""
        self.page.evaluate(
            "async ([name, given]) => { await window.jupyterapp.commands.execute(name, given); }",
            [name, arguments],
        )

    def run_all(self, timeout: float = 180) -> list[str]:
        """Menu Run > Run All Cells; wait until all have run and every widget is there.

        Returns `errors()`. JupyterLab stops at the first error, as for a learner.
        """
        self.page.evaluate(
            """() => { window.__ran = false;
            window.jupyterapp.commands.execute('notebook:run-all-cells')
              .finally(() => { window.__ran = true; }); }"""
        )
        self.until(RAN, timeout=timeout)
        self.settle()
        return self.errors()

    def settle(self):
        """Wait for the page to have painted what it knows now."""
        self.page.evaluate(TWO_FRAMES)

    def wait_idle(self, timeout: float = 60):
        """Wait until the kernel has nothing to do."""
        self.until(READY, timeout=timeout)
        self.settle()

    def python(self, code: str) -> str:
        """What a line of Python prints in the kernel of the page, beside its cells."""
        return self.page.evaluate(PYTHON_LINE, code)

    def until(self, condition: str, argument=None, timeout: float = PATIENCE):
        """Wait until a function of JavaScript, of `argument`, holds in the page."""
        self.page.wait_for_function(condition, arg=argument, timeout=timeout * 1000)

    def until_python(self, code: str, wanted):
        """Ask the kernel until it prints this: changes reach it merged, the last one last.

        `wanted` is a text, or a function that reads it in the page, which may be late itself.
        """
        deadline = time.monotonic() + PATIENCE
        while (found := self.python(code)) != (wanted() if callable(wanted) else wanted):
            assert time.monotonic() < deadline, f"{code} still prints {found!r}"

    def value(self, expression: str):
        """What an expression is in the kernel of the page, by way of JSON."""
        return json.loads(self.python(f"import json; print(json.dumps({expression}))"))

    def until_value(self, expression: str, holds):
        """Ask the kernel until this holds of an expression; the value of which it does."""
        deadline = time.monotonic() + PATIENCE
        while not holds(found := self.value(expression)):
            assert time.monotonic() < deadline, f"{expression} is still {found!r}"
        return found

    def counts(self) -> list[int | None]:
        """The execution count of each code cell; None for one that has not run."""
        return self.page.evaluate(COUNTS)

    def errors(self) -> list[str]:
        """What went wrong in any output: errors, stderr, widgets that cannot be shown."""
        return self.page.evaluate(ERRORS)

    def cells(self):
        """Locator of every cell of the notebook."""
        return self.page.locator(".jp-Notebook-cell")

    def cell(self, i: int):
        """Locator of the i-th cell."""
        return self.cells().nth(i)

    def live(self, i: int = 0):
        """Locator of the i-th live plot that can be seen."""
        return self.page.locator(".ol-live:visible").nth(i)

    def screenshot(self, name: str) -> Path:
        """Photograph the window into `shots`."""
        self.shots.mkdir(parents=True, exist_ok=True)
        path = self.shots / f"{name}.png"
        self.page.screenshot(path=path)
        return path

    def save(self):
        """Save the notebook."""
        self.command("docmanager:save")

    def saved(self) -> Path:
        """The file that `save` writes."""
        return self.server.root / self.name

    def shutdown_kernel(self):
        """Shut the kernel down, as Kernel > Shut Down Kernel does."""
        self.page.evaluate(f"async () => {{ {PANEL} await panel.sessionContext.shutdown(); }}")
        self.server.end_sessions()


@contextlib.contextmanager
def browser_context(browser, width=1400, height=1000, **more):
    """Windows that share a cache, of a size; `more` goes to Playwright's new_context."""
    context = browser.new_context(viewport={"width": width, "height": height}, **more)
    context.set_default_timeout(PATIENCE * 1000)
    try:
        yield context
    finally:
        context.close()


@contextlib.contextmanager
def browser_page(browser, server: Server, width=1400, height=1000, shots=None, **more):
    """A `Lab` in a browser window of its own; the rest is as in `browser_context`."""
    with browser_context(browser, width, height, **more) as context:
        yield Lab(server, context, shots)
