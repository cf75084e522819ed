// Hover and keys: a piece lights its row, and a place in the strip tells its number.
import { element, listening } from "../shared/dom.js";
import { clamp, signed } from "../shared/numbers.js";
import { plain } from "./parts.js";

export function listen(view) {
  const on = listening(view.listeners), over = (event) => light(view, event.target.closest("[data-row]")?.dataset.row);
  on(view.pieces, "pointerover", over);
  on(view.pieces, "focusin", over);
  on(view.pieces, "pointerleave", () => light(view));
  on(view.pieces, "focusout", () => light(view));
  on(view.pieces, "click", (event) => {
    const row = event.target.closest("button")?.dataset.row;
    if (row !== undefined) view.rows.querySelector(`[data-row="${row}"]`)?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  });
  on(view.rows, "pointermove", (event) => pointed(view, event));
  on(view.rows, "pointerdown", (event) => pointed(view, event));
  on(view.rows, "pointerleave", () => release(view));
  on(view.rows, "blur", () => release(view));
  on(view.rows, "keydown", (event) => keyed(view, event));
}

function light(view, row) {
  for (const node of view.root.querySelectorAll(".lit")) node.classList.remove("lit");
  if (row === undefined) return;
  for (const node of view.root.querySelectorAll(`[data-row="${Number(row)}"]`)) (node.closest(".ids") ? node : node.closest(".chip, .row")).classList.add("lit");
  for (const node of view.pieces.querySelectorAll("button.lit")) node.closest(".chip").classList.add("lit");
}

function pointed(view, event) {
  const row = event.target.closest(".row[data-row]");
  if (!row) return release(view);
  const box = row.querySelector(".strip").getBoundingClientRect();
  const dim = Math.floor(((event.clientX - box.left) / box.width) * view.dims);
  if (dim < 0 || dim >= view.dims) {
    release(view);
    return light(view, row.dataset.row);
  }
  show(view, Number(row.dataset.row), dim);
}

function keyed(view, event) {
  const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], PageUp: [0, -16], PageDown: [0, 16] }[event.key];
  if (event.key === "Escape") release(view);
  if (!step || !view.count) return;
  event.preventDefault();
  show(view, clamp(0, view.row + step[0], view.count - 1), clamp(0, (view.dim ?? -1) + step[1], view.dims - 1), true);
}

function show(view, row, dim, aloud = false) {
  view.row = row;
  view.dim = dim;
  const node = view.rows.querySelector(`[data-row="${row}"]`);
  for (const other of view.rows.querySelectorAll(".at")) other.classList.remove("at");
  node.classList.add("at");
  light(view, row);
  view.rows.dataset.dim = dim;
  view.rows.style.setProperty("--dim-left", `${(dim / view.dims) * 100}%`);
  view.rows.style.setProperty("--dim-width", `${100 / view.dims}%`);
  const value = view.values[row * view.dims + dim], name = plain(view.header.pieces[row].label);
  const strip = node.querySelector(".strip").getBoundingClientRect();
  view.tip.replaceChildren(`${name}  dimension ${dim}`, element("b", "", signed(value, 4, "+")));
  view.tip.hidden = false;
  const half = view.tip.offsetWidth / 2 + 4, wanted = strip.left + ((dim + 0.5) / view.dims) * strip.width;
  view.tip.style.left = `${Math.max(half, Math.min(document.documentElement.clientWidth - half, wanted))}px`;
  view.tip.style.top = `${strip.top}px`;
  if (aloud) view.readout.textContent = `${name}, dimension ${dim}: ${signed(value, 4, "+")}`;
}

export function release(view) {
  view.tip.hidden = true;
  view.dim = null;
  delete view.rows.dataset.dim;
  for (const node of view.rows.querySelectorAll(".at")) node.classList.remove("at");
  light(view);
}
