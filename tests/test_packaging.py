"""What a fresh clone relies on: README's commands, the pins, the package's files, the style."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
README = (ROOT / "README.md").read_text(encoding="utf-8")
PINS = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()


def the_command(name):
    """The one line in the block beneath README's marker; fails unless there is exactly one."""
    assert README.count(f"<!-- {name} command -->") == 1
    (command,) = re.findall(rf"^<!-- {name} command -->\n```bash\n(.+)\n```$", README, re.M)
    return command


@pytest.mark.parametrize("name", ["start", "test"])
def test_readme_has_each_command_once_and_in_one_line(name):
    command = the_command(name)
    assert "-m venv .venv" in command and "-r requirements.txt" in command
    if bash := shutil.which("bash"):
        subprocess.run([bash, "-n", "-c", command], check=True)


@pytest.mark.skipif(os.name == "nt", reason="a POSIX script")
@pytest.mark.parametrize("there", [(), ("tsc",), ("google-chrome",), ("chromium", "tsc")])
def test_ci_installs_what_is_missing_and_runs_the_command_of_the_readme(tmp_path, there):
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    (tmp_path / ".ci").mkdir()
    shutil.copy(script, tmp_path / ".ci" / "run")
    stand_in = 'echo "CI is $CI"; exit 7'
    changed = README.replace(the_command("test"), stand_in)
    (tmp_path / "README.md").write_text(changed, encoding="utf-8")
    tools = tmp_path / "tools"  # all that the script finds, so that nothing is really installed
    tools.mkdir()
    for tool in ("bash", "dirname", "awk", "env"):
        (tools / tool).symlink_to(shutil.which(tool))
    written = {"id": "echo 0", "apt-get": 'echo "apt-get $*"'} | dict.fromkeys(there, "")
    for tool, code in written.items():
        (tools / tool).write_text(f"#!{tools}/bash\n{code}\n")
        (tools / tool).chmod(0o755)
    done = subprocess.run(
        [tmp_path / ".ci" / "run"], env=os.environ | {"PATH": str(tools)}, capture_output=True,
        text=True,
    )  # fmt: skip
    assert done.returncode == 7, done.stderr
    *installed, command, result = done.stdout.splitlines()
    assert [command, result] == [f"+ {stand_in}", "CI is true"]
    browser = {"chromium", "google-chrome"} & set(there)
    wanted = ["chromium"] * (not browser) + ["node-typescript"] * ("tsc" not in there)
    options = "-q -y --no-install-recommends"
    install = ["apt-get update -q", f"apt-get install {options} {' '.join(wanted)}"]
    assert installed == (install if wanted else [])


def test_github_runs_the_same():
    workflow = (ROOT / ".github/workflows/tests.yml").read_text(encoding="utf-8")
    assert re.findall(r"run: (.+)", workflow) == [".ci/run"]


def test_github_publishes_the_site_with_no_more_rights_than_it_takes():
    workflow = (ROOT / ".github/workflows/pages.yml").read_text(encoding="utf-8")
    assert "python -m optimlab.tools.site --output site\n" in workflow
    assert re.findall(r"^permissions:\n((?:  .+\n)+)", workflow, re.M) == ["  contents: read\n"]
    build, deploy = workflow.split("  deploy:\n")
    assert "write" not in build and "run:" not in deploy
    used = re.findall(r"uses: (.+)", workflow)
    assert used and all(re.fullmatch(r"actions/[\w-]+@v\d+", name) for name in used)
    assert "/site/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_pins_are_pins_and_meet_the_lower_bounds():
    assert PINS[0].startswith("# uv pip compile pyproject.toml --universal")
    assert PINS[-1] == "-e ."
    pins = {}
    for line in PINS[1:-1]:
        pin = Requirement(line)
        (version,) = pin.specifier
        assert version.operator == "==" and not pin.url, line
        pins.setdefault(canonicalize_name(pin.name), []).append(version.version)
    project = PROJECT["project"]
    extras = project["optional-dependencies"]
    for text in project["dependencies"] + extras["lessons"] + extras["test"]:
        wanted = Requirement(text)
        found = pins.get(canonicalize_name(wanted.name))
        assert found, f"{text} has no pin"
        assert all(map(wanted.specifier.contains, found)), f"{text} is pinned to {found}"
    assert "torch" not in pins


def test_conda_takes_the_same_versions():
    environment = (ROOT / "environment.yml").read_text(encoding="utf-8")
    assert "- -r requirements.txt" in environment
    assert f"python{PROJECT['project']['requires-python']}," in environment


def test_files_that_are_no_python_are_packaged():
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["optimlab"]
    package = ROOT / "optimlab"
    others = [path.relative_to(package).as_posix() for path in package.rglob("*.*")]
    others = [name for name in others if not name.endswith((".py", ".pyc"))]
    assert others, "where is the front end?"
    assert [name for name in others if not any(fnmatch(name, p) for p in patterns)] == []


def test_links_of_the_texts_lead_somewhere():
    for name in ("README.md", "CONTRIBUTING.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        links = {link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text)}
        links = {link for link in links if link and "://" not in link}
        assert [link for link in sorted(links) if not (ROOT / link).exists()] == []


def test_every_lesson_is_in_the_readme():
    lessons = [path.name for path in (ROOT / "notebooks").glob("[0-9]*.ipynb")]
    assert lessons and [name for name in lessons if f"(notebooks/{name})" not in README] == []


def test_the_readme_examples_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```python\n(.*?)^```$", README, re.M | re.S)
    assert len(blocks) == 6 and all(block.count("\n") <= 12 for block in blocks)
    space = {}
    for block in blocks:
        exec(compile(block, "README.md", "exec"), space)
    assert {path.name for path in tmp_path.iterdir()} == {"race.png", "run.png", "run.html"}


CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
#: what can be added -> (lines it says it takes, its text)
ADDED = {
    name: (int(lines), text)
    for name, lines, text in re.findall(
        r"^### A[n]? (.+?): (\d+) lines\n(.*?)(?=^##)", CONTRIBUTING, re.M | re.S
    )
}


def blocks(text, language="python"):
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)


def test_each_addition_takes_the_lines_it_says():
    counted = {}
    for name, (_, text) in ADDED.items():
        code = "".join(found[0] for kind in ("python", "js") if (found := blocks(text, kind)))
        lines = [line for line in code.splitlines() if line.strip()]
        counted[name] = sum(not line.startswith(("import ", "from ")) for line in lines)
    assert counted == {name: lines for name, (lines, _) in ADDED.items()}
    assert len(counted) == 5


def test_the_additions_run():
    space = {}
    for name, (_, text) in ADDED.items():
        if name != "mark of the live plot":  # it belongs into two files
            for block in blocks(text):
                exec(compile(block, name, "exec"), space)
    assert space["lesson"].wanted()["predictions"] == ["how many steps"]
    card = space["lesson"].predictions["how many steps"]
    assert "a whole number" in card.question.asked()
    assert space["Leaky"].slots == ("v",)
    tangent = space["Tangent"](space["functions"].wave, at=1.0)
    tangent.at = 2.0
    assert tangent.summary == "The slope at 2 is 0.077." and not tangent.status


def test_the_mark_is_drawn_and_its_twin_is_sound(tmp_path):
    live = tmp_path / "optimlab" / "draw" / "live"
    shutil.copytree(ROOT / "optimlab", tmp_path / "optimlab")
    shutil.copy(ROOT / "tsconfig.json", tmp_path)
    _, text = ADDED["mark of the live plot"]
    for name, language, before in (
        ("marks.py", "python", "#: kind -> what is known of it"),
        ("marks.js", "js", "};\n"),
    ):
        whole, (block,) = (live / name).read_text(encoding="utf-8"), blocks(text, language)
        head, mark, tail = whole.rpartition(before)
        assert mark
        changed = f"{head}{block}\n\n{mark}{tail}".replace("Handle())", "Handle(), Stem())")
        (live / name).write_text(changed, encoding="utf-8")
    code = """
from optimlab.draw import figures
from optimlab.draw.live import LivePlot
figure, ax = figures.panel(300, 200)
plot = LivePlot([figure], alt="Stems.")
plot.add("stem", "stems", ax)
plot.show({"stems": [(0.2, 0.5), (0.7, 0.9)], "summary": "Two."})
print(len(plot.still()))
"""
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    for command in ([sys.executable, "-c", code], ["tsc", "-p", "."]):
        if command[0] == "tsc" and not shutil.which("tsc"):
            continue  # its absence in CI is told by the test of the front end
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_way_to_ask_in_a_lesson_runs():
    _, _, text = CONTRIBUTING.partition("## Asking in a lesson")
    (block,) = blocks(text)
    space = {}
    exec("from optimlab import SGD, explore, functions, lessons", space)
    exec(compile(block, "CONTRIBUTING.md", "exec"), space)
    asked = space["lesson"].wanted()
    assert {kind: len(names) for kind, names in asked.items()} == {
        "predictions": 1, "targets": 1, "exercises": 1, "quiz": 1,
    }  # fmt: skip


def test_style():
    command = [sys.executable, "-m", "ruff", "check", "--output-format=concise", "."]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
