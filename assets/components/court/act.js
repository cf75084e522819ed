// Hover previews a cell, a click locks its piece, arrows move, Escape frees.
import { listening } from "../shared/dom.js";
import { moved, reachable } from "../shared/grid.js";
import { describeCell, describeColumn } from "./describe.js";

export function listen(view) {
  const { part, listeners } = view;
  const on = listening(listeners);
  const cellOf = (event) => event.target.closest?.("[data-column]");
  on(part.court, "pointerover", (event) => show(view, cellOf(event)));
  on(part.court, "pointerleave", () => show(view, null));
  on(part.court, "focusin", (event) => cellOf(event) && show(view, cellOf(event)));
  on(part.court, "click", (event) => {
    const cell = cellOf(event);
    if (cell) lock(view, Number(cell.dataset.column));
  });
  on(part.release, "click", () => lock(view, null));
  on(part.body, "keydown", (event) => press(view, event));
}

function press(view, event) {
  const { header } = view;
  if (event.key === "Escape") return lock(view, null);
  if (event.key === "Enter" || event.key === " ") lock(view, view.cell[1]);
  const to = moved(view.cell, event.key, header.rows.length, header.labels.length);
  if (to) reachable(view.part.body, to).focus();
  else if (event.key !== " ") return;
  event.preventDefault();
}

/** Holds a piece, or frees it where it is held already or null. */
export function lock(view, column) {
  view.lock = column === view.lock ? null : column;
  view.address.keep(view.lock === null ? {} : { piece: view.lock + 1 });
  view.part.release.hidden = view.lock === null;
  light(view, view.lock);
  if (view.lock !== null) view.part.line.textContent = describeColumn(view, view.lock);
}

function show(view, cell) {
  if (!cell) {
    light(view, view.lock);
    if (view.lock !== null) view.part.line.textContent = describeColumn(view, view.lock);
    return;
  }
  const column = Number(cell.dataset.column);
  if (cell.dataset.row !== undefined) view.cell = [Number(cell.dataset.row), column];
  light(view, column);
  view.part.line.textContent = cell.dataset.row === undefined ? describeColumn(view, column) : describeCell(view, view.cell[0], column);
}

function light(view, column) {
  view.part.court.querySelectorAll(".lit").forEach((cell) => cell.classList.remove("lit"));
  if (column !== null) view.part.court.querySelectorAll(`[data-column="${column}"]`).forEach((cell) => cell.classList.add("lit"));
}
