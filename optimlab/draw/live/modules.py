"""The front end as anywidget takes it: one text.

In the tree it is plain ES modules that import one another, so that a checker, Node and a reader
take them as they are. They are joined, without comments and indents, when they are asked for: no
build step.
"""

import hashlib
import re
from functools import cache
from pathlib import Path

#: `import { a, b } from "./file.js";` at the beginning of a line, in one line or several
IMPORT = re.compile(r'^import \{[^}]*\} from "(\.[^"]*)";\n', re.MULTILINE)
#: the word before what a module gives to others
EXPORT = re.compile(r"^export (?=async |class |const |function\*? |let )", re.MULTILINE)

#: what a widget's module gives to the notebook: of one that another imports, nobody asks for it
WIDGET = re.compile(r"^export default .*\n", re.MULTILINE)

#: a comment with two stars, one that begins its line, and what else a line begins with
COMMENT = re.compile(r"/\*\*.*?\*/\s?|^\s*//[^\n]*\n|^\s+", re.MULTILINE | re.DOTALL)

#: what anywidget loads anew for each widget, and the page keeps for ever
LOADER = """\
const load = async (model) => {
  const known = (globalThis.optimlabModules ??= {});
  known["%(name)s"] ??= (async () => {
    const text = new Blob([model.get("_code")], { type: "text/javascript" });
    const url = URL.createObjectURL(text);
    try { return (await import(url)).default; } finally { URL.revokeObjectURL(url); }
  })().catch((error) => { delete known["%(name)s"]; throw error; });
  return known["%(name)s"];
};
let made; // this module is one widget's own, and the page keeps it when the widget is closed
const own = async ({ model }) => {
  const code = await load(model);
  return (made ??= typeof code === "function" ? code() : code);
};
export default {
  async initialize(here) {
    const end = await (await own(here)).initialize?.(here);
    return async () => { made = undefined; await end?.(); };
  },
  async render(here) { return (await own(here)).render?.(here); },
};
"""


@cache
def loader(code: str) -> str:
    """A module of a few lines that loads `code`, the widget's trait `_code`, once in a page.

    Without it a page would keep the code as often as widgets of its kind were ever shown in it.
    """
    return LOADER % {"name": hashlib.sha256(code.encode()).hexdigest()[:16]}


@cache
def front_end(path: Path, *parts: Path) -> str:
    """A widget's module as one text: its parts and what it imports, each file once, then itself.

    The lines that import and the words that export fall away, but for the widget's own default
    export; so do comments and indents. What is imported keeps its name, and no two files may use
    one name at their top.
    """
    files: dict[Path, str] = {}

    def add(file: Path, waiting: tuple[Path, ...] = ()) -> None:
        if file in files:
            return
        if file in waiting:
            raise ValueError(f"{file.name} imports itself, by way of {waiting[-1].name}")
        text = file.read_text("utf-8")
        for other in IMPORT.findall(text):
            add((file.parent / other).resolve(), (*waiting, file))
        text = WIDGET.sub("", text) if waiting else text
        files[file] = EXPORT.sub("", IMPORT.sub("", text))

    for part in (*parts, path):
        add(part.resolve())
    return COMMENT.sub("", "\n".join(files.values()))
