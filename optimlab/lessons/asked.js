// A lesson's page without Python: its predictions and its quiz. What Python would say of each answer
// it has said in advance; here the case of an answer is looked up, and the answers are kept.

import { make } from "../draw/live/dom.js";
import { floats } from "../draw/live/frames.js";
import { fraction } from "../draw/live/geometry.js";
import { comeAlive, Lone, opened, openPages, unpacked } from "../draw/live/page.js";
import { Card } from "./card.js";
import { filled, judged, numberIn, words } from "./judged.js";

/**
 * @typedef {import("./card.js").Part} Part
 * @typedef {import("./judged.js").Answer} Answer
 * @typedef {import("./judged.js").Judge} Judge
 * @typedef {{ answer?: Answer, revealed?: boolean, why?: string }} Entry
 *
 * @typedef {{ answer: Answer, notes: any }} Drawn an answer, and how it stands in the picture
 *
 * @typedef {object} Question what a page holds of a prediction; parts with places for the numbers
 * @property {string} lesson
 * @property {string} name
 * @property {string} label
 * @property {string} unread what is said of what is no number
 * @property {Judge} judge
 * @property {Part[]} asking
 * @property {Part[]} answered
 * @property {Part[]} skipped
 * @property {Part[][]} cases
 * @property {Drawn[]} drawn
 * @property {number | null} along the axis on which a number is drawn: 0 for x, 1 for y
 * @property {string[]} gap the marks between the answer and the run
 * @property {number} panel
 * @property {any} plot
 * @property {any} run what differs in it once the run is shown
 */

const KEY = "optimlab-progress";
const TROUBLE =
  "This browser keeps nothing for this page: your answers stay until you leave or reload it.";

/** The answers that this browser keeps, lesson by lesson, as in the file of a learner. */
class Answers {
  constructor() {
    this.trouble = "";
    /** @type {Record<string, Record<string, Record<string, Entry>>>} */
    this.known = {};
    this.read();
  }

  read() {
    if (this.trouble) return;
    try {
      this.known = JSON.parse(localStorage.getItem(KEY) ?? "null")?.lessons ?? {};
    } catch (error) {
      if (!(error instanceof SyntaxError)) this.trouble = TROUBLE;
    }
  }

  /** @param {string} lesson @param {string} kind @param {string} name @returns {Entry} */
  get(lesson, kind, name) {
    return this.known[lesson]?.[kind]?.[name] ?? {};
  }

  /**
   * Change them, as they are kept now: another page may have kept something meanwhile.
   * @param {() => void} change
   */
  change(change) {
    this.read();
    change();
    try {
      const kept = { format: "optimlab progress", version: 1, lessons: this.known };
      localStorage.setItem(KEY, JSON.stringify(kept));
    } catch {
      this.trouble = TROUBLE;
    }
  }

  /** @param {string} lesson @param {string} kind @param {string} name @param {Entry} entry */
  put(lesson, kind, name, entry) {
    this.change(() => {
      ((this.known[lesson] ??= {})[kind] ??= {})[name] = entry;
    });
  }
}

const answers = new Answers();
/** @type {(() => void)[]} what is painted anew when something was answered */
const followers = [];
const tell = () => followers.forEach((paint) => paint());

/** @param {Part[]} parts */
const withTrouble = (parts) =>
  answers.trouble
    ? [...parts, { kind: "text", name: "trouble", tone: "bad", html: answers.trouble }]
    : parts;

/**
 * A card in an element, which the page answers by itself.
 * @param {Element} root @param {string} label @param {(name: string, value: any) => void} react
 */
function cardIn(root, label, react) {
  const model = new Lone({ label, parts: [] });
  model.send = (/** @type {any} */ { name, value }) => {
    react(name, value);
    tell();
    queueMicrotask(() => model.dispatchEvent(new Event("msg:custom"))); // it is done
  };
  new Card(model, make("div", {}, root));
  return (/** @type {Part[]} */ parts) => model.set("parts", withTrouble(parts));
}

class Prediction {
  /** @param {Element} root @param {Question} question */
  constructor(root, question) {
    this.question = question;
    const { lesson, name, label } = question;
    const kept = answers.get(lesson, "predictions", name);
    /** @type {Entry} */
    this.entry = this.valid(kept.answer) || (kept.revealed && kept.answer == null) ? kept : {};
    this.complaint = "";
    root.replaceChildren();
    this.paintCard = cardIn(root, label, (what, value) => this.react(what, value));
    this.place = question.plot ? make("div", { class: "ol-page" }, root) : null;
    this.showPlot();
    followers.push(() => this.paint());
    this.paint();
  }

  /** @param {any} answer @returns {answer is Answer} */
  valid(answer) {
    const { by, options, truth } = this.question.judge;
    if (by === "options") return options.includes(answer);
    const numbers = [answer ?? []].flat();
    return numbers.length === truth.length && numbers.every((v) => typeof v !== "string");
  }

  /** @param {string} what @param {any} value */
  react(what, value) {
    const { entry } = this;
    if (what === "why") entry.why = value;
    else if (entry.revealed) return;
    this.complaint = "";
    if (what === "answer") this.give(value);
    if (what === "skip") delete entry.answer;
    if (what === "skip" || (what === "show" && entry.answer !== undefined)) entry.revealed = true;
    answers.put(this.question.lesson, "predictions", this.question.name, entry);
    if (entry.revealed && what !== "why") this.showPlot();
  }

  /** @param {any} value of a field, or of the picture */
  give(value) {
    const { judge, unread } = this.question;
    let answer = value;
    if (judge.by === "options") answer = judge.options[value];
    if (judge.by === "curve" && value.every((/** @type {any} */ v) => v === null)) answer = null;
    if (typeof value === "string") {
      answer = numberIn(value);
      if (Number.isNaN(answer)) answer = null;
      if (answer === null && value.trim()) this.complaint = unread.replace("{x}", value);
    }
    delete this.entry.answer;
    if (answer !== null) this.entry.answer = answer;
  }

  /** @returns {Part[]} */
  parts() {
    const { judge, asking, answered, skipped, cases } = this.question;
    const { answer, revealed, why } = this.entry;
    if (answer === undefined) return revealed ? this.typed(skipped, "why", why) : asking;
    const [number, said] = judged(judge, answer);
    if (revealed) {
      const parts = this.typed(filled(cases[number], said), "why", why);
      return this.typed(parts, "answer", judge.by === "value" ? said.x : undefined);
    }
    const value = judge.by === "options" ? number : said.x;
    return this.typed(filled(answered, said), "answer", value);
  }

  /**
   * Parts with a value in one of them.
   * @param {Part[]} parts @param {string} name @param {any} value
   */
  typed(parts, name, value) {
    return parts.map((part) =>
      part.name === name && value !== undefined ? { ...part, value } : part,
    );
  }

  paint() {
    const parts = this.parts();
    const said = document.createElement("span");
    said.textContent = this.complaint;
    const html = said.innerHTML;
    if (html) parts.push({ kind: "text", name: "complaint", tone: "bad", html });
    this.paintCard(parts);
    for (const after of document.querySelectorAll(".ol-after")) {
      const own = after instanceof HTMLElement && after.dataset.name === this.question.name;
      if (own && this.entry.revealed) follow(after);
    }
  }

  /** The picture as it is now: the scene, or the run with the answer beside it. */
  showPlot() {
    if (!this.place) return;
    const { plot, run } = this.question;
    const { answer, revealed } = this.entry;
    const shown = revealed ? run : plot;
    const notes = this.notes();
    const state = { ...plot.state, ...shown.state, notes };
    const guess = revealed ? answer ?? [] : answer ?? state.handles.guess;
    if ("guess" in state.handles) state.handles = { ...state.handles, guess };
    if (state.sketch.x) state.drawn = answer ?? [];
    const { model, hands } = comeAlive(this.place, { ...shown, state });
    reach(this.place);
    const moved = (/** @type {any} */ at) => {
      if (JSON.stringify(at) === JSON.stringify(this.entry.answer)) return;
      this.react("answer", at);
      tell();
    };
    if (!revealed) {
      if (state.sketch.x) model.on("change:drawn", () => moved(model.get("drawn")));
      else model.on("change:handles", () => moved(model.get("handles").guess));
    } else if (notes.list) {
      // the gap is that of the run in question: it goes when another one is shown
      const { marks } = notes.list[0];
      const left = Object.entries(marks).filter(([name]) => !this.question.gap.includes(name));
      const alone = { ...notes, list: [{ ...notes.list[0], marks: Object.fromEntries(left) }] };
      /** @type {[Lone, string][]} */
      const controls = [[model, "handles"]];
      hands.forEach((hand, i) => controls.push([hand, shown.hands[i].trait]));
      const stands = () => JSON.stringify(controls.map(([one, trait]) => one.get(trait)));
      const first = stands();
      const follow = () => model.set("notes", stands() === first ? notes : alone);
      for (const [one, trait] of controls) one.on(`change:${trait}`, follow);
    }
  }

  /** The answer in the picture, from the one nearest to it that Python has drawn. */
  notes() {
    const { drawn, along, panel, plot, gap } = this.question;
    const { answer, revealed } = this.entry;
    if (!revealed || answer === undefined || !drawn.length) return {};
    if (typeof answer === "string") return drawn.find((one) => one.answer === answer)?.notes ?? {};
    const axes = plot.state.axes[panel];
    const at = (/** @type {Answer} */ one) =>
      [one].flat().map((v, i) => fraction(axes, along ?? i, Number(v)));
    const [here, places] = [at(answer), drawn.map((one) => at(one.answer))];
    const far = (/** @type {number[]} */ place) => Math.hypot(...place.map((v, i) => v - here[i]));
    const near = places.reduce((best, place, i) => (far(place) < far(places[best]) ? i : best), 0);
    const away = here.map((v, i) => v - places[near][i]);
    /** @type {any} */
    const { settings, list, buffer } = drawn[near].notes;
    const rows = floats({ buffer }).slice();
    const inside = here.every((v) => v >= 0 && v <= 1);
    for (const [name, [from, count]] of Object.entries(list[0].marks)) {
      const own = name === gap[0] ? 1 : name === gap[1] ? 0 : count;
      for (let row = 0; inside && row < own; row += 1) {
        if (along !== null) rows[from + 2 * row + along] += away[0];
        else if (away.length > 1) away.forEach((v, i) => (rows[from + 2 * row + i] += v));
      }
    }
    const said = { x: words(Number([answer].flat()[0])) };
    return { settings, list: filled(list, said), buffer: new DataView(rows.buffer) };
  }
}

/**
 * What stands behind a question, once it is answered.
 * @param {Element} root
 */
async function follow(root) {
  root.classList.remove("ol-after");
  const { html } = await unpacked(root);
  root.innerHTML = html;
  root.querySelectorAll(".ol-surface").forEach(surface);
  await openPages(root);
  reach(root);
}

/**
 * The quiz: each of its questions without an answer, and with each of its options.
 * @typedef {{ lesson: string, label: string, options: string[][], asking: Part[][], cases: Part[][][] }} Asked
 * @param {Element} root @param {Asked} asked
 */
function quiz(root, { lesson, label, options, asking, cases }) {
  const answer = (/** @type {number} */ i) =>
    options[i].indexOf(String(answers.get(lesson, "quiz", String(i + 1)).answer));
  root.replaceChildren();
  const paintCard = cardIn(root, label, (name, value) =>
    answers.put(lesson, "quiz", name, { answer: options[Number(name) - 1][value] }),
  );
  const paint = () =>
    paintCard(options.flatMap((_, i) => (answer(i) < 0 ? asking[i] : cases[i][answer(i)])));
  followers.push(paint);
  paint();
}

/**
 * What was predicted, and a way to forget it.
 * @param {HTMLElement} root @param {Prediction[]} asked
 */
function board(root, asked) {
  const lesson = root.dataset.lesson ?? "";
  root.replaceChildren();
  const paintCard = cardIn(root, "What was answered", () => {
    if (!window.confirm("This forgets all answers of this lesson. There is no way back.")) return;
    answers.change(() => delete answers.known[lesson]);
    window.location.reload();
  });
  const paint = () => {
    const table = document.createElement("table");
    const row = (/** @type {"td" | "th"} */ tag, /** @type {string[]} */ cells) => {
      const line = make("tr", {}, table);
      for (const cell of cells) make(tag, {}, line).textContent = cell;
    };
    row("th", ["prediction", "you said", "in your words"]);
    for (const { question, entry } of asked) {
      const { answer, revealed, why } = entry;
      const given = [answer ?? []].flat().map((v) => (typeof v === "number" ? words(v) : v ?? "-"));
      row("td", [question.name, given.join(", ") || (revealed ? "skipped" : "not yet"), why ?? ""]);
    }
    paintCard([
      { kind: "text", tone: "plain", html: table.outerHTML },
      { kind: "buttons", items: [{ name: "reset", label: "Start this lesson over" }] },
    ]);
  };
  followers.push(paint);
  paint();
}

/**
 * A surface is its picture until it is asked for: plotly is large.
 * @param {Element} root
 */
function surface(root) {
  const button = root.querySelector("button");
  button?.addEventListener("click", async () => {
    button.disabled = true;
    const library = make("script", { src: "shared/plotly.min.js" });
    const loaded = new Promise((done) => library.addEventListener("load", done, { once: true }));
    document.head.append(library);
    const [{ data, layout }] = await Promise.all([unpacked(root), loaded]);
    const place = make("div", { class: "ol-plotly", tabindex: 0 });
    root.replaceChildren(place);
    /** @type {any} */ (window).Plotly.newPlot(place, data, layout, { displayModeBar: false });
  });
}

/**
 * What has to be scrolled on a narrow page can be scrolled with the keys.
 * @param {ParentNode} root
 */
function reach(root) {
  for (const node of root.querySelectorAll("pre, table, math, .ol-panels, .ol-line")) {
    if (node.scrollWidth > node.clientWidth) node.setAttribute("tabindex", "0");
  }
}

async function begin() {
  document.documentElement.classList.add("ol-alive");
  document.documentElement.classList.toggle("ol-on-disk", location.protocol === "file:");
  const roots = [...document.querySelectorAll(".ol-asked")];
  const questions = await Promise.all(roots.map(unpacked));
  const predictions = questions.map((question, i) => new Prediction(roots[i], question));
  document.querySelectorAll(".ol-surface").forEach(surface);
  for (const root of document.querySelectorAll(".ol-quiz")) quiz(root, await unpacked(root));
  /** @type {NodeListOf<HTMLElement>} */
  const boards = document.querySelectorAll(".ol-board");
  for (const root of boards) board(root, predictions);
  await opened;
  reach(document);
}

begin();
