// Hover previews a cell, a click or Enter holds it, arrows move, Escape frees.
import { listening } from "../shared/dom.js";
import { moved, reachable } from "../shared/grid.js";
import { toldBridge } from "./told_bridge.js";

export function listenBridge(view) {
  const { part, listeners } = view, on = listening(listeners);
  const cellOf = (event) => {
    const found = event.target.closest?.("[data-row]");
    return found && [Number(found.dataset.row), Number(found.dataset.column)];
  };
  on(part.table, "pointerover", (event) => show(view, cellOf(event) ?? null));
  on(part.table, "pointerleave", () => show(view, null));
  on(part.table, "focusin", (event) => cellOf(event) && show(view, cellOf(event)));
  on(part.table, "click", (event) => {
    const cell = cellOf(event);
    if (cell) hold(view, view.held && String(cell) === String(view.cell) ? null : cell);
  });
  on(part.release, "click", () => {
    hold(view, null);
    part.table.querySelector('[tabindex="0"]').focus({ preventScroll: true });
  });
  on(part.table, "keydown", (event) => {
    const here = cellOf(event);
    if (!here) return;
    const to = moved(here, event.key, view.rows, view.header.labels.length);
    if (event.key === "Escape") hold(view, null);
    else if (event.key === "Enter" || event.key === " ") hold(view, here);
    else if (to) reachable(part.table, to).focus();
    else return;
    event.preventDefault();
  });
}

/** Holds a cell, which goes into the address, or frees what was held: then the mean of its largest piece is told. */
export function hold(view, cell) {
  view.held = cell !== null;
  view.cell = cell ?? [view.rows - 1, view.header.start];
  view.address.keep(cell ? { row: cell[0] + 1, piece: cell[1] + 1 } : {});
  reachable(view.part.table, view.cell);
  show(view, null);
}

function show(view, cell) {
  const { part } = view;
  const [row, column] = (view.shown = cell ?? view.cell);
  part.table.querySelectorAll(".lit, .here").forEach((one) => one.classList.remove("lit", "here"));
  part.table.querySelectorAll(`[data-column="${column}"]`).forEach((one) => one.classList.add("lit"));
  part.table.querySelector(`[data-row="${row}"][data-column="${column}"]`)?.classList.add("here");
  part.release.hidden = !view.held || String(view.shown) !== String(view.cell);
  part.line.textContent = toldBridge(view, [row, column]);
}
