// What a person does: go from step to step, choose another translation.
import { listening } from "../shared/dom.js";
import { markList } from "./paint_list.js";
import { paintStep } from "./paint_step.js";
import { within } from "./rows.js";

export function listen(view) {
  const { part } = view, on = listening(view.listeners);
  on(part.range, "input", () => go(view, part.range.valueAsNumber - 1));
  on(part.back, "click", () => go(view, view.step - 1));
  on(part.on, "click", () => go(view, view.step + 1));
  on(part.target, "click", (event) => event.target.closest("button") && go(view, Number(event.target.closest("button").dataset.step)));
  on(part.target, "keydown", (event) => pieceKey(view, event));
  on(part.list, "click", (event) => event.target.closest("button") && choose(view, Number(event.target.closest("button").dataset.place)));
  on(part.list, "keydown", (event) => listKey(view, event));
}

function choose(view, place) {
  const { header } = view.blob;
  if (place === header.place) return;
  header.place = place;
  markList(view);
  view.step = 0;
  view.streamlit.setStateValue("chosen", { list: header.list, place });
}

function go(view, step) {
  const next = within(step, view.blob.steps);
  if (next === view.step) return;
  view.step = next;
  paintStep(view);
}

function pieceKey(view, event) {
  const to = { ArrowLeft: view.step - 1, ArrowRight: view.step + 1, Home: 0, End: view.blob.steps - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  go(view, to);
  view.part.target.children[view.step].focus();
}

function listKey(view, event) {
  const by = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 }[event.key];
  if (!by) return;
  event.preventDefault();
  const place = within(view.blob.header.place + by, view.blob.header.translations.length);
  choose(view, place);
  view.part.list.children[place].focus();
}
