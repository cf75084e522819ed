// Hover points at a piece, in the sentence or in a mask, a press hides its word; the arrow keys point, Enter hides, Escape shows all.
import { listening } from "../shared/dom.js";
import { clamp } from "../shared/numbers.js";
import { focusAt, repaint } from "./draw_masks.js";
import { fillAnswer } from "./fill_machines.js";
import { ledTo, seenFrom, told, toggled } from "./seen.js";

const HINT = "Point at a word, or lead through them with the arrow keys; a click or Enter hides it.";
export const MACHINES = ["encoder", "decoder", "two"];

export function listenMachines(view) {
  const { pieces, machines, temperature, seed, heat } = view.part, on = listening(view.listeners);
  const placeOf = ({ target }) => (target.closest("[data-place]") ? { side: "text", place: Number(target.closest("[data-place]").dataset.place) } : null);
  on(pieces, "pointerover", (event) => point(view, placeOf(event)));
  on(pieces, "pointerleave", () => point(view, null));
  on(pieces, "click", (event) => placeOf(event) && press(view, placeOf(event).place));
  on(pieces, "keydown", (event) => key(view, event));
  on(pieces, "blur", () => lead(view, null));
  on(machines, "pointermove", (event) => event.target.matches("canvas") && point(view, focusAt(view, event.target, event.offsetY)));
  on(machines, "pointerout", (event) => event.target.matches("canvas") && point(view, null));
  on(machines, "keydown", (event) => event.target.matches("canvas") && maskKey(view, event));
  on(machines, "focusout", (event) => event.target.matches("canvas") && lead(view, null));
  on(temperature, "input", () => (heat.textContent = Number(temperature.value).toFixed(1)));
  on(temperature, "change", () => ask(view, { temperature: Number(temperature.value) }));
  on(seed, "change", () => ask(view, { seed: clamp(0, Math.round(Number(seed.value)) || 0, view.header.asked.seeds) }));
}

function key(view, event) {
  const { pieces, asked } = view.header, now = view.focus?.side === "text" ? view.focus.place : null;
  const turned = getComputedStyle(view.part.pieces).direction === "rtl" ? -1 : 1, to = ledTo(now, event.key, pieces.length, turned);
  if (to !== null) lead(view, { side: "text", place: to });
  else if ((event.key === "Enter" || event.key === " ") && now !== null) press(view, now);
  else if (event.key === "Escape" && (asked.hidden.length || asked.at !== null)) ask(view, { hidden: [], at: null });
  else return;
  event.preventDefault();
  view.part.pieces.children[view.focus?.place]?.scrollIntoView({ block: "nearest" });
}

/** The arrow keys lead through the rows of a mask: those of the text, or those of what was written. */
function maskKey(view, event) {
  const machine = view.header.machines[event.target.dataset.of], side = machine.masks[event.target.dataset.mask].rows;
  const step = { ArrowDown: "ArrowRight", ArrowUp: "ArrowLeft" }[event.key] ?? event.key;
  const to = ledTo(view.focus?.side === side ? view.focus.place : null, step, side === "text" ? machine.places.length : machine.sides.target.length);
  if (to === null) return;
  event.preventDefault();
  lead(view, { side, place: to });
}

function point(view, found) {
  if (JSON.stringify(found) === JSON.stringify(view.hover)) return;
  view.hover = found;
  show(view);
}

function lead(view, found) {
  view.focus = found;
  show(view);
}

/** The word of a piece is hidden, or shown again; the text goes on from its beginning. */
function press(view, place) {
  const { asked, words } = view.header, hidden = toggled(asked.hidden, words, place);
  const [first] = words.find(([from, to]) => from <= place && place < to);
  ask(view, { hidden, at: hidden.includes(place) ? first : null });
}

/** The model is asked; what is hidden is marked at once, its answers follow. */
function ask(view, change) {
  Object.assign(view.header.asked, change);
  view.waiting = { ...view.waiting, ...change }; // also what Python has not answered yet
  view.part.machines.classList.add("asking");
  view.streamlit.setTriggerValue("asked", view.waiting);
  mark(view);
}

/** Which pieces are hidden, and where the text goes on. */
export function mark({ part, header: { asked, pieces } }) {
  if (!pieces.length) return;
  [...part.pieces.children].forEach((piece, place) => {
    piece.setAttribute("aria-selected", String(asked.hidden.includes(place)));
    piece.classList.toggle("asked", asked.at === place);
  });
}

/** What is pointed at, else led to, in all three machines. */
export function show(view) {
  const { part, header, arrays, columns } = view, focus = view.hover ?? view.focus;
  for (const name of MACHINES) {
    const machine = header.machines[name], allowed = machine.masks.map((_, number) => arrays[`${name}.${number}`].values);
    columns[name].querySelector(".told").textContent = focus ? told(machine, allowed, focus) : "";
    const seen = focus?.side === "text" ? seenFrom(machine, allowed, focus.place) : [];
    for (const piece of part.pieces.querySelectorAll(".piece")) piece.querySelector(`.of-${name}`).classList.toggle("lit", seen.includes(Number(piece.dataset.place)));
  }
  for (const piece of part.pieces.querySelectorAll(".piece")) piece.classList.toggle("at", focus?.side === "text" && Number(piece.dataset.place) === focus.place);
  part.says.textContent = focus ? MACHINES.map((name) => columns[name].querySelector(".told").textContent && `${header.machines[name].name}: ${columns[name].querySelector(".told").textContent}`).filter(Boolean).join(" ") : HINT;
  if (!header.machines.decoder.sorry) fillAnswer(view, "decoder");
  repaint(view);
}
