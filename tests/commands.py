"""README's two commands, run as they stand there: python tests/commands.py start

`start` runs the first, and ends when JupyterLab answers with lesson 00; `test` runs the second to
its end. On Windows they are the lines for PowerShell. Run it in a fresh clone: both make `.venv`.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[1]
FIRST = "00_start_here.ipynb"
MINUTES = 15  # for the installation, too
ADDRESS = re.compile(r"(http://(?:localhost|127\.0\.0\.1):\d+)/lab\S*token=(\w+)")


def line(name, windows=os.name == "nt"):
    """The command of README, for bash or for PowerShell."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    kind = "powershell" if windows else "bash"
    marker = f"<!-- {name} command{', PowerShell' * windows} -->"
    (command,) = re.findall(rf"^{marker}\n```{kind}\n(.+)\n```$", text, re.M)
    return command


def shell(command, windows=os.name == "nt"):
    """What runs a line and ends with the status of its last program."""
    if windows:
        return ["powershell", "-NoProfile", "-Command", f"{command}; exit $LASTEXITCODE"]
    return ["bash", "-c", command]


def start():
    """Run the first command until the lesson is served; 0 if it was."""
    environment = os.environ | {"BROWSER": "true", "PYTHONUNBUFFERED": "1"}
    log = ROOT / "start.log"
    with log.open("wb") as output:
        running = subprocess.Popen(
            shell(line("start")), cwd=ROOT, env=environment, stdin=subprocess.DEVNULL,
            stdout=output, stderr=subprocess.STDOUT, start_new_session=os.name != "nt",
        )  # fmt: skip
    try:
        until = time.time() + 60 * MINUTES
        while time.time() < until and running.poll() is None:
            time.sleep(1)
            said = log.read_text(encoding="utf-8", errors="replace")
            if found := ADDRESS.search(said):
                return int(not served(*found.groups()))
        print(log.read_text(encoding="utf-8", errors="replace"))
        return 1
    finally:
        end(running)
        log.unlink()


def served(address, token):
    """Whether JupyterLab serves the first lesson."""
    url = f"{address}/api/contents/{FIRST}?content=0&token={token}"
    for base in ("", "notebooks/"):  # by the folder it was started in
        try:
            with urllib.request.urlopen(url.replace(FIRST, base + FIRST), timeout=60) as answer:
                print(f"{FIRST} is served.")
                return answer.status == 200
        except OSError as error:
            print(error)
    return False


def end(running):
    """End the command with all that it started."""
    if os.name == "nt":
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(running.pid)], check=False)
    elif running.poll() is None:
        os.killpg(running.pid, 15)
    running.wait(60)


if __name__ == "__main__":
    if sys.argv[1:] == ["start"]:
        sys.exit(start())
    if sys.argv[1:] == ["test"]:
        sys.exit(subprocess.run(shell(line("test")), cwd=ROOT).returncode)
    sys.exit(__doc__)
