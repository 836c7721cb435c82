"""JavaScript without a page: the modules of the live plot in a Node."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import playwright

import optimlab

LIVE = Path(optimlab.__file__).parent / "draw" / "live"
#: Playwright brings a Node of its own, so it is there wherever the tests are
NODE = Path(playwright.__file__).parent / "driver" / ("node.exe" if os.name == "nt" else "node")
READ = 'import { readFileSync } from "node:fs"; const data = JSON.parse(readFileSync("data.json"));'


class Modules:
    """The modules in a folder of their own: `run(code, data)` gives what the code prints, as JSON.

    `data` is a JavaScript value of that name; None is null, and NaN is written as null.
    """

    def __init__(self, folder):
        self.folder = folder
        for file in LIVE.glob("*.js"):
            shutil.copy(file, folder)
        (folder / "package.json").write_text('{"type": "module"}')

    def __call__(self, code, data=None):
        (self.folder / "data.json").write_text(json.dumps(data).replace("NaN", "null"))
        command = [NODE, "--input-type=module", "--eval", READ + code]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)
