// What a person does: point, lock, choose another head, with the mouse or with keys.
import { listening } from "../shared/dom.js";
import { clamp } from "../shared/numbers.js";
import { adjust, listenToSettings } from "./adjust.js";
import { validChoice } from "./choice.js";
import { buildCells, markSelection } from "./elements.js";
import { hit } from "./layout.js";
import { repaint } from "./paint.js";
import { remember } from "./remember.js";
import { listenToSaving } from "./take.js";

const DEBOUNCE = 250; // ms of rest before a choice of head is sent to Python

export function listen(view) {
  const { part } = view, on = listening(view.listeners);
  listenToSettings(view);
  listenToSaving(view);
  on(part.cells, "pointerover", (event) => point(view, event.target.closest("button")));
  on(part.cells, "pointerleave", () => point(view, null));
  on(part.detail, "pointermove", (event) => look(view, pointed(view, event)));
  on(part.detail, "pointerleave", (event) => event.pointerType === "touch" || look(view, null));
  on(part.detail, "click", (event) => toggleLock(view, pointed(view, event)));
  on(part.detail, "focus", () => part.detail.matches(":focus-visible") && look(view, view.lock ?? { row: 0, col: 0 }));
  on(part.detail, "blur", () => look(view, null));
  on(part.detail, "keydown", (event) => detailKey(view, event));
  on(part.cells, "click", (event) => headClick(view, event.target.closest("button")));
  on(part.cells, "keydown", (event) => headKey(view, event));
  on(part.kinds, "click", (event) => event.target.dataset.kind && choose(view, { kind: event.target.dataset.kind }));
  on(part.kinds, "keydown", (event) => kindKey(view, event));
  on(document, "keydown", (event) => event.key === "Escape" && view.lock && free(view));
  on(part.release, "click", () => free(view));
  for (const button of part.view.querySelectorAll(".switch")) on(button, "click", () => toggle(view, button.matches(".layer")));
}

/** Which head a button of the grid stands for. */
function headOf(view, cell) {
  const row = cell.parentElement;
  return { layer: [...view.part.cells.children].indexOf(row), head: [...row.children].indexOf(cell) };
}

function headClick(view, cell) {
  if (!cell) return;
  adjust(view, "mean", "head");
  choose(view, headOf(view, cell));
}

/** Python answers with the pass without the head, or its layer, or with it again. */
function toggle({ choice: { kind, layer, head }, streamlit }, whole) {
  streamlit.setTriggerValue("toggle", { kind, layer: layer + 1, head: whole ? null : head + 1 });
}

/** The head under the pointer is told of, without being chosen. */
function point(view, cell) {
  view.pointed = cell && headOf(view, cell);
  repaint(view, false);
}

function choose(view, change) {
  const before = view.choice;
  view.choice = validChoice({ ...before, ...change }, view.arrays);
  if (JSON.stringify(before) === JSON.stringify(view.choice)) return;
  if (before.kind !== view.choice.kind) {
    view.hover = view.lock = view.pointed = null;
    buildCells(view);
    remember(view);
  }
  view.waiting = true;
  clearTimeout(view.timer);
  view.timer = setTimeout(() => {
    view.waiting = false;
    view.sent += 1;
    view.streamlit.setStateValue("choice", { ...view.choice, n: view.sent });
  }, DEBOUNCE);
  repaint(view);
}

function pointed(view, event) {
  const box = view.part.detail.getBoundingClientRect();
  const { rows, cols } = view.subject;
  return hit(view.layout, rows.length, cols.length, event.clientX - box.left, event.clientY - box.top);
}

function look(view, place) {
  if (place?.row === view.hover?.row && place?.col === view.hover?.col) return;
  view.hover = place;
  if (place?.row != null && place.col != null) view.told = place;
  repaint(view, false);
}

function toggleLock(view, place) {
  const same = place && view.lock && place.row === view.lock.row && (place.row != null || place.col === view.lock.col);
  view.lock = same ? null : place && (place.row != null ? { row: place.row, col: null } : place);
  remember(view);
  repaint(view);
}

function free(view) {
  view.lock = null;
  if (view.part.release.matches(":focus")) view.part.detail.focus();
  remember(view);
  repaint(view);
}

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

function detailKey(view, event) {
  const { rows, cols } = view.subject;
  const step = ARROWS[event.key];
  const at = { row: view.hover?.row ?? 0, col: view.hover?.col ?? 0 };
  if (step) look(view, { row: clamp(0, at.row + step[0], rows.length - 1), col: clamp(0, at.col + step[1], cols.length - 1) });
  else if (event.key === "Enter") toggleLock(view, at);
  else return;
  event.preventDefault();
}

function headKey(view, event) {
  const step = ARROWS[event.key];
  if (!step) return;
  event.preventDefault();
  const [layers, heads] = view.arrays[view.choice.kind].shape;
  const { layer, head } = view.choice;
  if (step[1]) adjust(view, "mean", "head");
  choose(view, { layer: clamp(0, layer + step[0], layers - 1), head: clamp(0, head + step[1], heads - 1) });
  markSelection(view);
  view.part.cells.querySelector('[tabindex="0"]').focus();
}

function kindKey(view, event) {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const kinds = Object.keys(view.arrays);
  choose(view, { kind: kinds[(kinds.indexOf(view.choice.kind) + step + kinds.length) % kinds.length] });
  markSelection(view);
  view.part.kinds.querySelector('[tabindex="0"]').focus();
}
