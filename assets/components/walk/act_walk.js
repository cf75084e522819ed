// What a person does: play, step, scrub, follow another piece, point at a number, lock it, copy its script.
import { listening } from "../shared/dom.js";
import { clamp } from "../shared/numbers.js";
import { copied } from "../shared/save.js";
import { cellAt } from "./places.js";
import { refresh, restep } from "./frame.js";
import { rememberWalk } from "./remember_walk.js";

const PAUSE = 3200; // ms a step while playing: time to read its sentence
const ON = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
const MOVES = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

export function listenWalk(view) {
  const { part } = view, on = listening(view.listeners);
  on(part.back, "click", () => goTo(view, view.step - 1));
  on(part.on, "click", () => goTo(view, view.step + 1));
  on(part.play, "click", () => (view.timer ? rest(view) : play(view)));
  on(part.strip, "pointerdown", (event) => scrub(view, event));
  on(part.strip, "pointermove", (event) => event.buttons === 1 && event.pointerType !== "touch" && scrub(view, event));
  on(part.strip, "click", (event) => scrub(view, event));
  on(part.strip, "keydown", (event) => roving(event, view.step, view.header.steps.length, (to) => goTo(view, to), part.strip));
  on(part.pieces, "click", (event) => event.target.closest("button") && follow(view, Number(event.target.closest("button").dataset.place)));
  on(part.pieces, "keydown", (event) => roving(event, view.row, view.header.pieces.query.length, (to) => follow(view, to), part.pieces));
  on(part.figures, "pointermove", (event) => event.target.tagName === "CANVAS" && point(view, under(view, event)));
  on(part.figures, "pointerleave", (event) => event.pointerType === "touch" || point(view, null));
  on(part.figures, "click", (event) => event.target.tagName === "CANVAS" && lockAt(view, under(view, event)));
  on(part.figures, "keydown", (event) => cellKey(view, event));
  on(part.figures, "focusin", (event) => event.target.matches("canvas:focus-visible") && point(view, start(view, event.target)));
  on(part.says, "pointerover", (event) => name(view, event.target.dataset.tensor ?? null));
  on(part.says, "pointerleave", () => name(view, null));
  on(part.says, "focusin", (event) => name(view, event.target.dataset.tensor ?? null));
  on(part.says, "focusout", () => name(view, null));
  on(part.release, "click", () => free(view));
  on(part.copy, "click", () => copy(view));
  on(document, "keydown", (event) => event.key === "Escape" && (view.lock || view.timer) && (rest(view), free(view)));
}

export function goTo(view, step) {
  rest(view);
  show(view, step);
}

function show(view, step) {
  const next = clamp(0, step, view.header.steps.length - 1);
  if (next === view.step) return;
  view.step = next;
  view.lock = view.hover = null;
  rememberWalk(view);
  restep(view);
}

function scrub(view, event) {
  const over = view.part.strip.getRootNode().elementFromPoint(event.clientX, event.clientY) ?? event.target;
  const tab = over.closest?.('[role="tab"]') ?? event.target.closest('[role="tab"]');
  if (tab) goTo(view, Number(tab.dataset.place));
}

function roving(event, at, count, choose, parent) {
  const to = event.key === "Home" ? 0 : event.key === "End" ? count - 1 : ON[event.key] ? at + ON[event.key] : null;
  if (to === null) return;
  event.preventDefault();
  choose(clamp(0, to, count - 1));
  parent.querySelector('[tabindex="0"]').focus();
}

function play(view) {
  if (view.step === view.header.steps.length - 1) show(view, 0);
  view.timer = setInterval(() => (view.step < view.header.steps.length - 1 ? show(view, view.step + 1) : rest(view)), PAUSE);
  mark(view);
}

export function rest(view) {
  clearInterval(view.timer);
  view.timer = 0;
  mark(view);
}

function mark({ part, timer }) {
  part.play.textContent = timer ? "❚❚" : "▶";
  part.play.setAttribute("aria-label", timer ? "Pause" : "Play");
}

function follow(view, row) {
  if (row === view.row) return;
  view.row = row;
  view.lock = view.hover = null;
  rememberWalk(view);
  restep(view);
}

const figureOf = (view, canvas) => view.board.figures.find((figure) => figure.canvas === canvas);

function under(view, event) {
  const box = event.target.getBoundingClientRect(), figure = figureOf(view, event.target);
  return cellAt(figure, view.tensors[figure.name].shape, event.clientX - box.left, event.clientY - box.top);
}

const same = (a, b) => a?.name === b?.name && a?.i === b?.i && a?.j === b?.j;

function point(view, cell) {
  if (same(cell, view.hover)) return;
  view.hover = cell;
  refresh(view);
}

function lockAt(view, cell) {
  view.lock = same(cell, view.lock) ? null : cell;
  rememberWalk(view);
  rest(view);
  refresh(view);
}

function free(view) {
  view.lock = view.hover = null;
  rememberWalk(view);
  refresh(view);
}

function start(view, canvas) {
  const { name, from } = figureOf(view, canvas);
  return view.focus.name === name ? view.focus : { name, i: from, j: 0 };
}

function cellKey(view, event) {
  const move = MOVES[event.key];
  if (event.target.tagName !== "CANVAS" || !(move || event.key === "Enter")) return;
  event.preventDefault();
  const figure = figureOf(view, event.target), at = view.hover ?? start(view, event.target);
  if (!move) return lockAt(view, at);
  const [across, down] = figure.turned ? [...move].reverse() : move;
  const { shape } = view.tensors[figure.name];
  if (view.lock) free(view);
  point(view, { name: figure.name, i: clamp(figure.from, at.i + down, figure.from + figure.count - 1), j: clamp(0, at.j + across, shape[1] - 1) });
}

function name(view, tensor) {
  if (view.named === tensor) return;
  view.named = tensor;
  refresh(view);
}

async function copy({ part }) {
  if (await copied(part.snippet.textContent)) return (part.copy.textContent = "Copied");
  part.snippet.getRootNode().getSelection?.()?.selectAllChildren(part.snippet);
  part.copy.textContent = "Selected: press Ctrl C";
}
