"""A lesson worked through with the keyboard alone, for `accessible.py --keyboard`.

Nothing is clicked, and what is asked of the page acts on nothing: cells run by Shift+Enter, Tab
goes from control to control as far as the end of the notebook. The first way down answers:
predictions (the last of several is skipped), the quiz, hints and solutions. The second moves all
that can be moved, opens menus, plays and pauses. At each stop it is asked whether the focus is
seen, and whether Tab leaves.
"""

from __future__ import annotations

import json
from pathlib import Path

from jupyter_driver import COUNTS, Lab

TAB = "Tab"
#: more stops than any lesson has
MOST = 400
#: how long a key may take until its effect is seen, in milliseconds; networks train meanwhile
PATIENCE = 4000
PREPARE = r"""() => {
  const LOOKS = ['outlineStyle', 'outlineWidth', 'outlineColor', 'boxShadow', 'borderColor',
    'backgroundColor', 'stroke', 'strokeWidth'];
  const K = window.__keys = { ids: new WeakMap(), last: 0, looks: new Map() };
  K.id = node => K.ids.get(node) ?? (K.ids.set(node, ++K.last), K.last);
  // what shows a focus: the control, the ring in a handle, the label or the group around it
  K.look = node => JSON.stringify([node, node.querySelector('.ol-focus'),
    node.closest('label, .widget-inline-hbox')].filter(Boolean)
    .map(one => { const style = getComputedStyle(one);
      return LOOKS.map(name => name === 'outlineColor' && style.outlineStyle === 'none'
        ? '' : style[name]); }));
  K.all = () => [...document.querySelectorAll(`.jp-OutputArea-output :is(a[href], button, input,
    select, textarea, summary, .modebar-btn, [tabindex="0"], [contenteditable=true],
    [role=slider])`)]
    .filter(node => !node.disabled && !node.matches('[aria-disabled=true], [disabled] *')
      && node.checkVisibility({ visibilityProperty: true }) && node.getClientRects().length
      && !(node.matches('[type=radio]') && node !== K.first(node)));
  K.first = radio => {
    const group = [...document.querySelectorAll('input[type=radio]')]
      .filter(one => one.name === radio.name);
    return group.find(one => one.checked) ?? group[0]; };
  K.kind = node => {
    if (node.matches('.noUi-handle')) {
      return node.ariaDisabled === 'true' ? 'disabled slider' : 'slider'; }
    const own = node.getAttribute('data-handle') ?? node.getAttribute('data-sketch');
    if (own) return own === 'guess' || own === 'column' ? 'guess' : 'handle';
    if (node.matches('.widget-readout')) return 'exact';
    if (node.matches('.widget-toggle-button')) return 'toggle';
    return { INPUT: node.type, SUMMARY: 'summary' }[node.tagName] ?? node.tagName.toLowerCase(); };
  K.area = node => node.closest('.jp-OutputArea');
  K.name = node => node.getAttribute('aria-label') || node.closest('label')?.innerText
    || (node.getAttribute('aria-labelledby') ?? '').split(' ').map(id =>
      document.getElementById(id)?.innerText ?? '').join(' ').trim()
    || node.closest('.jupyter-widgets')?.querySelector('.widget-label')?.innerText
    || node.innerText || node.title || '';
  // what an output shows, its controls apart
  K.state = area => area && [...area.querySelectorAll(`.ol-overlay, .ol-summary, .ol-readout,
    .ol-goal, .ol-formula, .ol-standings, .ol-words, .ol-card, .widget-html-content, .ol-status`)]
    .map(one => one.innerHTML).join('') + [...area.querySelectorAll('.ol-panel img')]
    .map(one => one.src).join('') + [...area.querySelectorAll('button')]
    .map(one => one.getAttribute('aria-label') ?? one.innerText).join('')
    + [...area.querySelectorAll('.js-plotly-plot')] // which way a surface is turned
    .map(one => JSON.stringify(one.layout?.scene?.camera?.eye)).join('');
  K.at = () => {
    const node = document.activeElement, out = node.closest('.jp-OutputArea-output');
    const cells = [...document.querySelectorAll('.jp-Notebook-cell')];
    const cell = cells.indexOf(node.closest('.jp-Notebook-cell'));
    if (!out) return { cell, own: false };
    const box = node.getBoundingClientRect();
    return { own: true, cell, id: K.id(node), kind: K.kind(node),
      name: K.name(node).slice(0, 40),
      action: node.getAttribute('data-action') ?? '',
      open: node.parentElement.open, pressed: node.matches('.mod-active'),
      now: Number(node.getAttribute('aria-valuenow') ?? node.value ?? 0),
      low: Number(node.getAttribute('aria-valuemin') ?? node.min ?? 0),
      high: Number(node.getAttribute('aria-valuemax') ?? node.max ?? 0),
      label: node.getAttribute('aria-label') ?? '', text: node.getAttribute('aria-valuetext') ?? '',
      seen: K.look(node) !== K.looks.get(node),
      wanted: node.matches('[aria-label=Quiz] *'), inSight: box.bottom > 0 && box.top < innerHeight,
      html: node.outerHTML.slice(0, 110), back: Boolean(K.prev?.isConnected && K.prev !== node
        && (K.prev.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_PRECEDING)) };
  };
  K.remember = () => {
    const node = document.activeElement;
    K.asked = K.area(node);
    K.before = [node, node.value, K.state(K.asked)]; };
  K.changed = async patience => {
    const [was, value, before] = K.before, until = performance.now() + patience;
    for (;;) {
      const node = document.activeElement;
      const now = K.area(node) ?? K.asked; // that Python is waited for is no effect
      const other = K.state(now) !== before && !now.querySelector('.ol-late, .ol-busy');
      if (other || (node === was && node.value !== value)) return true;
      if (performance.now() > until) return false;
      await new Promise(done => setTimeout(done, 20));
    } };
  // whether the question in hand can be shown now
  K.ready = async patience => {
    const until = performance.now() + patience, area = K.area(document.activeElement);
    while (area && performance.now() < until) {
      if ([...area.querySelectorAll('.ol-card input[type=text]')].some(one => !one.value)) break;
      if (area.querySelector('[data-action=show]:not(:disabled)')) return true;
      await new Promise(done => setTimeout(done, 20));
    }
    return false; };
  // whether the question in hand is shown: until it is, its Skip stands there and does nothing
  K.shown = async patience => {
    const until = performance.now() + patience;
    const open = () => K.asked?.querySelector('[data-action=skip]');
    while (open() && performance.now() < until) await new Promise(done => setTimeout(done, 20));
    return !open(); };
  // whether the focus comes into sight; what Python shows above it may still move the page
  K.sighted = async patience => {
    const until = performance.now() + patience;
    while (!K.at().inSight && performance.now() < until)
      await new Promise(done => setTimeout(done, 20));
    return K.at().inSight; };
  K.mark = () => { K.prev = document.activeElement; };
  K.there = () => K.all().map(node => {
    if (node !== document.activeElement) K.looks.set(node, K.look(node));
    const cell = node.closest('.jp-Notebook-cell');
    return [K.id(node), K.kind(node), K.name(node).slice(0, 40),
      [...document.querySelectorAll('.jp-Notebook-cell')].indexOf(cell)]; });
}"""
SHOWN = """() => document.querySelectorAll('.ol-live, .ol-card').length > 1
  && ![...document.querySelectorAll('.jp-OutputArea-output')]
    .some(node => node.innerText?.trim() === 'Loading widget...')"""
AT, THERE = "() => window.__keys.at()", "() => window.__keys.there()"
#: what can be pressed beside the control in hand
BUTTONS = """() => [...document.querySelectorAll('.jp-OutputArea-output button')]
  .filter(one => window.__keys.area(document.activeElement)?.contains(one))
  .map(one => one.innerText.trim())"""
READY = "patience => window.__keys.ready(patience)"
REVEALED = "patience => window.__keys.shown(patience)"
SIGHTED = "patience => window.__keys.sighted(patience)"
MARK = "() => window.__keys.mark()"
#: remembers what the output shows, before a key; and whether it shows something else before long
STATE = "() => window.__keys.remember()"
CHANGED = "patience => window.__keys.changed(patience)"


class Way:
    """What became of a lesson by keyboard."""

    def __init__(self, lesson: str):
        self.lesson, self.found = lesson, []
        self.reached = self.there = self.moved = self.still = self.answers = 0

    def add(self, what, at=None):
        where = f"cell {at['cell']}, {at['kind']} “{at['name']}”: " if at else ""
        if f"{where}{what}" not in self.found:
            self.found.append(f"{where}{what}")

    def told(self, seconds):
        head = (
            f"{self.lesson}: {self.reached} of {self.there} controls reached, {self.moved} moved "
            f"with effect, {self.still} without; {self.answers} answers; {seconds:.0f} s"
        )
        return "\n  ".join([head, *self.found])


class Walk:
    """One way down a notebook; `act(at)` at each stop in an output."""

    def __init__(self, lab: Lab, way: Way):
        self.lab, self.way, self.page, self.keys = lab, way, lab.page, lab.page.keyboard
        self.reached = set()

    def at(self):
        return self.page.evaluate(AT)

    def top(self, cells: int):
        """To the first cell, by the keys of command mode; from outside first back in."""
        for _ in range(20):
            at = self.at()
            if at["cell"] >= 0 and not at["own"]:
                break
            self.keys.press("Shift+Tab")
        self.keys.press("Escape")
        for _ in range(cells):
            self.keys.press("k")

    def does(self, *keys, patience=PATIENCE):
        """Whether these keys change what the output shows, or the value of the control."""
        self.page.evaluate(STATE)
        for key in keys:
            self.keys.press(key)
        return self.page.evaluate(CHANGED, patience)

    def down(self, act):
        """Tab through the outputs until the notebook ends."""
        before, left = None, False
        self.page.evaluate(MARK)
        for _ in range(MOST):
            self.keys.press(TAB)
            at = self.at()
            if at["cell"] < 0 and before is not None:
                return
            if not at["own"]:
                before = before or at
                continue
            if before and before.get("id") == at["id"]:
                if left:
                    self.way.add("Tab does not leave it", at)
                    return
                left = True
                continue
            left = False
            if at["back"]:
                self.way.add("Tab goes back to it", at)
            self.reached.add(at["id"])
            if not at["seen"]:
                self.way.add(f"the focus is not seen: {at['html']}", at)
            if not at["inSight"] and not self.page.evaluate(SIGHTED, PATIENCE):
                self.way.add("the focus is out of sight", at)
            if not at["name"].strip():
                self.way.add(f"has no name: {at['html']}", at)
            before = at
            if act(at):
                self.lab.python("pass")  # so its answer is there: what it takes off is no stop
                self.lab.settle()
                self.page.evaluate(MARK)
        self.way.add("the notebook has no end")


class Answers(Walk):
    """The way that answers."""

    def __init__(self, lab, way, skip):
        super().__init__(lab, way)
        self.skip = skip  # the number of the prediction that is skipped
        self.number = 0

    def act(self, at):
        kind, action = at["kind"], at["action"]
        if at["wanted"] and kind == "radio":
            if not self.does("Space"):
                self.way.add("Space does not answer", at)
            self.way.answers += 1
            self.does("ArrowDown")  # and the next answer
        elif kind == "radio":
            self.give(at, "Space", "ArrowDown")
        elif kind == "text" and not action:
            self.give(at, "1")
        elif kind == "guess":
            self.give(at, *["ArrowRight", "ArrowUp"] * 2, back=True)
        elif action == "skip" and self.number == self.skip:
            self.press(at)
            self.number += 1
        elif action in ("hint", "solution", "show"):
            for _ in range(6):  # the focus stays on the card
                if at.get("action") not in ("hint", "solution", "show") or not at["own"]:
                    break
                self.press(at)
                at = self.at()
        else:
            return False
        return True

    def press(self, at):
        if not self.does("Enter"):
            self.way.add("Enter changes nothing", at)

    def give(self, at, *keys, back=False):
        """Answer, and go on to what shows the run."""
        if self.number == self.skip and not back:
            return
        for key in keys:
            self.keys.press(key)
        for _ in range(8):
            self.page.evaluate(READY, PATIENCE)
            self.keys.press("Shift+Tab" if back else TAB)
            now = self.at()
            if now.get("action") == "show":
                self.reached.add(now["id"])
                self.press(now)
                if not self.page.evaluate(REVEALED, PATIENCE):
                    self.way.add("“Show me” does not show", now)
                self.way.answers += 1
                self.number += 1
                return
            if not back and now.get("kind") == "text":
                self.reached.add(now["id"])
                self.keys.type("1")
            if now.get("action") == "skip" and not back:
                break
        self.way.add("from the answer no key leads to “Show me”", at)


class Moves(Walk):
    """The way that moves everything."""

    def __init__(self, lab, way):
        super().__init__(lab, way)
        self.over = set()

    def act(self, at):
        mover = getattr(self, at["kind"].replace("-", "_"), None)
        if mover is None:
            return False
        if mover(at):
            self.way.moved += 1
        else:
            self.way.still += 1
            self.way.add(f"keys change nothing: {at['html']}", at)
        return True

    def slider(self, at):
        keys = ["ArrowLeft", "ArrowRight"]
        if at["now"] <= (at["low"] + at["high"]) / 2:
            keys.reverse()
        if self.does(keys[0]) or self.does(keys[1]) or self.does(*[keys[0]] * 5):
            return True
        # what a training takes up with its next step changes nothing that is shown now
        return at["kind"] == "slider" and "One step" in self.page.evaluate(BUTTONS) and (
            self.at()["text"] != at["text"])

    def range(self, at):
        return self.slider(at)

    def number(self, at):
        return self.does("ArrowUp") or self.does("ArrowDown")

    def handle(self, at):
        return any(self.does(key, patience=1500) for key in
                   ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"))  # fmt: skip

    def checkbox(self, at):
        moved = self.does("Space")
        self.does("Space", patience=1000)  # as it was
        return moved

    def toggle(self, at):
        return at["pressed"] or self.does("Space")

    def select(self, at):
        return self.does("ArrowDown") or self.does("ArrowUp")

    def summary(self, at):
        """A block that Enter opens; of a menu Tab goes to its items, and Escape closes it."""
        self.keys.press("Enter")
        opened = self.at()["open"] != at["open"]
        if at["action"] != "menu":
            return opened
        self.keys.press(TAB)
        inside = self.at()
        self.reached.add(inside.get("id"))
        self.keys.press("Escape")
        back = self.at()
        closed = back.get("id") == at["id"] and not back["open"]
        return opened and inside.get("kind") == "button" and closed

    def button(self, at):
        if at["action"] == "play":
            started = self.does("Space")
            now = self.at()
            return started and (now["label"] != "Pause" or self.does("Enter"))
        if at["action"] in ("back", "on"):
            if self.does("Enter", patience=400):
                return True
            return at["action"] == "on"  # at the last step there is nothing to do
        over = at["action"] == "reset" and at["name"].startswith("Start")
        if over and at["cell"] not in self.over:
            self.over.add(at["cell"])  # the card is drawn anew, and Tab comes to it again
            return self.does("Enter") and self.does(TAB, TAB, "Enter")  # no, keep it
        return True


def through(lab: Lab, path: Path) -> Way:
    way = Way(path.name.partition("_")[0])
    lab.open(path)
    cells = json.loads(path.read_text("utf-8"))["cells"]
    keys = lab.page.keyboard
    for _ in cells[1:]:
        keys.press("Shift+Enter")
    keys.press("Control+Enter")
    lab.page.wait_for_function(f"() => ({COUNTS})().every(Boolean)", timeout=180_000)
    lab.wait_idle()
    lab.page.wait_for_function(SHOWN, timeout=60_000)
    for error in lab.errors():
        way.add(error)
    lab.page.evaluate(PREPARE)
    asked = lab.page.locator("[data-action=skip]").count()
    lab.page.evaluate(THERE)
    first = Answers(lab, way, asked - 1 if asked > 1 else -1)
    first.top(len(cells))
    first.down(first.act)
    if left := lab.page.locator("[data-action=skip]").count():
        way.add(f"{left} predictions are not answered")
    lab.wait_idle()
    there = {one[0]: one for one in lab.page.evaluate(THERE)}
    second = Moves(lab, way)
    second.top(len(cells))
    second.down(second.act)
    missed = [one for key, one in there.items() if key not in second.reached]
    now = {one[0] for one in lab.page.evaluate(THERE)}
    missed = [one for one in missed if one[0] in now]
    for _, kind, name, cell in missed:
        way.add(f"cell {cell}, {kind} “{name}”: Tab does not reach it")
    way.there, way.reached = len(there), len(there) - len(missed)
    for line in lab.console[:3]:
        way.add(f"console: {line[:200]}")
    return way
