"""What a fresh clone relies on: README's commands, the pins, the package's files, the style."""

import importlib.util
import math
import os
import re
import runpy
import shutil
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import commands
import numpy as np
import pytest
import supply
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from PIL import Image

from optimlab.tools.site import MEGABYTES

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


def test_github_runs_the_same_with_every_python_that_is_declared():
    workflow = (ROOT / ".github/workflows/tests.yml").read_text(encoding="utf-8")
    runs = [".ci/run", "python tests/commands.py start", "python tests/commands.py test"]
    assert re.findall(r"run: (.+)", workflow) == runs
    assert all(system in workflow for system in ("ubuntu-latest", "macos-latest", "windows-latest"))
    declared = [line.split(" :: ")[-1] for line in PROJECT["project"]["classifiers"]
                if line.startswith("Programming Language")]  # fmt: skip
    assert re.findall(r"\d\.\d+", re.findall(r"python: \[(.+)\]", workflow)[0]) == declared
    assert f">={declared[0]}" == PROJECT["project"]["requires-python"]


@pytest.mark.parametrize("name", ["start", "test"])
def test_the_commands_are_run_as_they_stand(name):
    assert commands.shell(commands.line(name, windows=False), windows=False) == [
        "bash", "-c", the_command(name)
    ]  # fmt: skip
    line = commands.line(name, windows=True)
    assert f"```powershell\n{line}\n```" in README and README.count("```powershell\n") == 2
    *_, command = commands.shell(line, windows=True)
    assert command == f"{line}; exit $LASTEXITCODE"
    parts = {"start": "-m jupyterlab", "test": "-m pytest"}
    assert [part in line for part in parts.values()] == [key == name for key in parts]


@pytest.mark.skipif(os.name == "nt", reason="a line for bash")
def test_the_start_command_is_ended_when_the_lesson_is_served(tmp_path, monkeypatch, capsys):
    server = """
import http.server, threading, os
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path.startswith("/api/contents/notebooks/00_") else 404)
        self.end_headers()
server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
print(f"http://127.0.0.1:{server.server_port}/lab/tree/00_start_here.ipynb?token=ab12", flush=True)
server.serve_forever()
"""
    (tmp_path / "server.py").write_text(server)
    monkeypatch.setattr(commands, "ROOT", tmp_path)
    for said, status in ((f"{sys.executable} server.py", 0), ("echo no such thing; exit 3", 1)):
        block = f"<!-- start command -->\n```bash\n{said}\n```\n"
        (tmp_path / "README.md").write_text(block)
        assert commands.start() == status
    assert "is served" in (told := capsys.readouterr().out) and "no such thing" in told
    assert sorted(path.name for path in tmp_path.iterdir()) == ["README.md", "server.py"]


@pytest.mark.skipif(os.name == "nt", reason="lines for bash")
def test_a_learner_gets_newer_lessons_and_keeps_what_was_changed(tmp_path):
    (lines,) = re.findall(r"^<!-- update -->\n```bash\n(.+?)```$", README, re.M | re.S)
    who = ["-c", "user.name=a", "-c", "user.email=a@b"]
    teacher, learner = tmp_path / "teacher", tmp_path / "learner"

    def git(folder, *words):
        subprocess.run(["git", *who, "-C", folder, *words], check=True, capture_output=True)

    (teacher / "notebooks").mkdir(parents=True)
    (teacher / ".gitignore").write_text("optimlab-progress*.json*\n")
    lesson, mine = (folder / "notebooks" / "05.ipynb" for folder in (teacher, learner))
    for text in ("old", "new"):
        lesson.write_text(text)
        git(tmp_path, "init", "-q", teacher)
        git(teacher, "add", ".")
        git(teacher, "commit", "-qm", text)
        if text == "old":
            git(tmp_path, "clone", "-q", teacher, learner)
            mine.write_text("my own")
            (learner / "notebooks" / "optimlab-progress.json").write_text("answers")
    assert subprocess.run(["git", "-C", learner, "pull"], capture_output=True).returncode
    subprocess.run(["bash", "-ec", lines], cwd=learner, check=True, capture_output=True)
    assert (mine.read_text(), (learner / "my-notebooks/05.ipynb").read_text()) == ("new", "my own")
    assert (learner / "notebooks" / "optimlab-progress.json").read_text() == "answers"


def test_once_a_week_the_oldest_versions_and_the_packages_are_tried():
    workflow = (ROOT / ".github/workflows/weekly.yml").read_text(encoding="utf-8")
    assert "schedule:" in workflow and "write" not in workflow
    asked = re.findall(r"tests/supply\.py (\w+)", workflow)
    assert asked and set(asked) == set(supply.COMMANDS)


def test_licences_are_listed_with_what_they_need_in_turn():
    alone, lessons = supply.needed(), supply.needed("lessons")
    declared = {canonicalize_name(Requirement(text).name)
                for text in PROJECT["project"]["dependencies"]}  # fmt: skip
    assert declared | {"contourpy", "psygnal"} <= set(alone) and "optimlab" not in alone
    assert set(alone) < set(lessons) and {"jupyterlab", "tornado"} <= set(lessons) - set(alone)
    assert [name for name, one in lessons.items() if supply.licence(one) == "not stated"] == []


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


def test_conda_and_binder_take_the_same_versions():
    """Where repo2docker looks, and what it reads: buildpacks/conda/__init__.py there."""
    instead = ("binder", ".binder", "Dockerfile", "Pipfile", "Project.toml")
    assert not any((ROOT / name).exists() for name in instead)
    lines = (ROOT / "environment.yml").read_text(encoding="utf-8").splitlines()
    bare = "\n".join(line for line in lines if not line.startswith("#"))
    shape = (
        r"name: optimlab\nchannels:\n  - conda-forge\ndependencies:\n"
        r"  - python=(3\.\d+)\n  - pip\n  - pip:\n      - -r requirements\.txt"
    )
    (version,) = re.fullmatch(shape, bare).groups()  # a range of versions it does not read
    python, *others = bare.partition("dependencies:\n  - ")[2].split("\n  - ")
    assert re.match(r"python\s*=+\s*([\d\.]*)", python)[1] == version
    assert f"Programming Language :: Python :: {version}" in PROJECT["project"]["classifiers"]
    # as it holds a file of this folder, the whole folder is there before it is installed
    assert others[-1].split("- ")[-1].startswith("-r")


# What is published ----------------------------------------------------------------------------


def of_setup(name):
    return runpy.run_path(str(ROOT / "setup.py"))[name]


LINKS = re.compile(r"(!?)\[[^\]]*\]\(([^)\s]+)\)")


def test_a_package_index_gets_whole_addresses_or_none():
    source = "https://github.com/someone/series"
    links = LINKS.findall(of_setup("for_an_index")(README, source))
    assert [link for _, link in links if not re.match(r"https?://|#", link)] == []
    for picture, link in links:
        if link.startswith(source):
            kind, _, path = link.removeprefix(f"{source}/").partition("/HEAD/")
            assert kind == ("raw" if picture else "blob") and (ROOT / path).exists()
    assert ("!", f"{source}/raw/HEAD/docs/drag.gif") in links
    unknown = of_setup("for_an_index")(README, "")
    assert all(re.match(r"https?://|#", link) for _, link in LINKS.findall(unknown))
    assert "05 Gradient descent |" in unknown and "docs/drag.gif" not in unknown
    assert PROJECT["project"]["dynamic"] == ["readme"]


def of_docs(name):
    """A program in docs/."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    return program


def test_one_address_is_written_wherever_it_is_needed(tmp_path, monkeypatch, capsys):
    address = of_docs("address")
    for name in ("README.md", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit):
        address.main(["github.com/someone"])
    assert "must be like https://github.com/NAME/REPOSITORY" in capsys.readouterr().err
    before = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    for name, site in (("Series.git", "series-of/Series/"), ("series-of.github.io", "")):
        address.write(f"https://github.com/Series-of/{name}")
        readme = Path("README.md").read_text(encoding="utf-8")
        now = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
        urls = now["project"].pop("urls")
        site = f"https://series-of.github.io/{site.partition('/')[2]}"
        source = f"https://github.com/Series-of/{name.removesuffix('.git')}"
        assert (urls["Homepage"], urls["Source"]) == (site, source)
        before["project"].pop("urls", None)
        assert now == before
        top = readme.partition("## Start")[0]
        first = "00_start_here.ipynb"
        assert f"[Read]({site})" in top and f"({site}run/lab/index.html?path={first})" in top
        repository = source.removeprefix("https://github.com/")
        binder = f"https://mybinder.org/v2/gh/{repository}/HEAD?urlpath=lab/tree/notebooks/{first}"
        assert f"[Binder]({binder})" in top and "without-installing" not in top
        assert readme.partition("## Start")[2] == README.partition("## Start")[2]


def test_a_source_package_has_no_tests_that_it_could_not_run():
    """That it is whole without them is seen by `tests/supply.py bare`, which makes it."""
    lines = (ROOT / "MANIFEST.in").read_text(encoding="utf-8").splitlines()
    assert "prune tests" in lines
    with pytest.raises(AssertionError, match="tests without their helpers"):
        supply.looked_at({"tests/test_descent.py"}, [])


def test_the_picture_of_the_readme_is_a_drag_and_can_be_made_again(tmp_path):
    first = re.match(r"!\[[^\]]{20,}\]\((docs/drag\.gif)\)\n", README)
    path = ROOT / first[1]
    assert path.stat().st_size <= 1.5e6
    made = of_docs("drag")
    with Image.open(path) as stored:
        assert stored.n_frames == made.PICTURES and stored.info["loop"] == 0
        made.drag(tmp_path / "drag.gif", pictures=2)
        with Image.open(tmp_path / "drag.gif") as again:
            assert again.size == stored.size
            for k, of_two in ((0, 0), (made.PICTURES // 2, 1)):
                stored.seek(k)
                again.seek(of_two)
                one, other = (np.asarray(p.convert("RGB")).astype(int) for p in (stored, again))
                assert np.abs(one - other).mean() < 3


def test_files_that_are_no_python_are_packaged():
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["optimlab"]
    package = ROOT / "optimlab"
    others = [path.relative_to(package).as_posix() for path in package.rglob("*.*")]
    others = [name for name in others if not name.endswith((".py", ".pyc"))]
    assert others, "where is the front end?"
    assert [name for name in others if not any(fnmatch(name, p) for p in patterns)] == []


def test_links_of_the_texts_lead_somewhere():
    for name in ("README.md", "CONTRIBUTING.md", "docs/class.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        links = set(re.findall(r"\]\(([^)\s]+)\)", text))
        places = {link.partition("#")[0] for link in links if "://" not in link} - {""}
        there = (ROOT / name).parent
        assert [place for place in sorted(places) if not (there / place).exists()] == []
        headings = {re.sub(r"[^\w -]", "", line).lower().replace(" ", "-")
                    for line in re.findall(r"^#+ (.+)$", text, re.M)}  # fmt: skip
        assert {link[1:] for link in links if link[0] == "#"} <= headings


def test_what_a_class_needs_follows_from_what_was_measured():
    text = (ROOT / "docs" / "class.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| (\d\d[ab]?) (\| \d+ MB.+)$", text, re.M)
    rows = {number: list(map(int, re.findall(r"(\d+) MB", cells))) for number, cells in table}
    lessons = [path.name.partition("_")[0] for path in (ROOT / "notebooks").glob("[0-9]*.ipynb")]
    assert sorted(rows) == sorted(lessons) and all(len(row) == 4 for row in rows.values())
    (lab,) = map(int, re.findall(r"without kernels: (\d+) MB", text))
    mib = 1.048576
    assert 0.85 * 384 * mib < lab + max(row[-1] for row in rows.values()) < 384 * mib
    assert max(row[2] for row in rows.values()) <= 250 and max(r[1] for r in rows.values()) <= 180
    assert lab + sum(sorted(row[2] for row in rows.values())[-2:]) < 1024 * mib
    for learners, gib in ((30, "12"), (300, "113"), (3000, "1,125")):
        assert math.ceil(learners * 384 / 1024) == int(gib.replace(",", ""))
        assert f"{gib} GiB" in text
    assert "guarantee: 384M" in text
    kept = sum(path.stat().st_size for path in (ROOT / "notebooks").glob("*.ipynb")) / 1e6
    (said,) = map(int, re.findall(r"copy of the notebooks is about (\d+) MB", text))
    assert abs(said - kept) < 1.5
    (site,) = re.findall(r"first lesson loads (\d+) to\n(\d+) MB", text)
    assert " to ".join(site) == MEGABYTES


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
