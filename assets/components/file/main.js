// The tokenizer file: its parts, and every piece of its vocabulary, searched and sorted here without the server.
import { Address } from "../shared/address.js";
import { unpack } from "../shared/blob.js";
import { element, listening } from "../shared/dom.js";
import { mounted, partsOf } from "../shared/mounted.js";
import { grouped } from "../shared/numbers.js";
import { csvOf, offerToSave } from "../shared/save.js";
import { ORDERS, search, sorted } from "./entries.js";
import { ledTo, pick, showRows } from "./list.js";
import { recall, remember } from "./remember_file.js";
import { branch } from "./tree.js";

export default mounted({ build, receive, end: (view) => view.size.disconnect() });

function build(parent) {
  const part = partsOf(parent, ["file", "parts", "query", "order", "found", "save", "list", "tall", "says", "model"]);
  const listeners = new AbortController(), view = { part, listeners, address: new Address("vocabulary", listeners, () => view.header && recall(view, renew)), drawn: 0, at: -1 }, on = listening(listeners);
  on(part.query, "input", () => renewed(view));
  on(part.order, "change", () => renewed(view));
  on(part.list, "scroll", () => showRows(view));
  on(part.list, "click", ({ target }) => {
    const place = target.closest("[data-place]")?.dataset.place;
    if (place !== undefined) picked(view, Number(place));
  });
  part.parts.addEventListener("toggle", () => remember(view), { capture: true, signal: listeners.signal }); // it does not bubble
  on(part.list, "keydown", (event) => {
    const place = ledTo(event.key, view.at, 12, view.shown.length);
    if (place === null) return;
    event.preventDefault();
    picked(view, place);
  });
  offerToSave(part.save, listeners, () => "vocabulary", [
    ["csv", "The pieces found", "CSV, in this order", () => csvOf(view.part.model.textContent, ["integer", "piece", "length", "seen"], view.shown.map((id) => [id, view.header.labels[id], view.lengths[id], view.seen?.[id] ?? ""]))],
  ]);
  view.size = new ResizeObserver(() => view.header && showRows(view));
  view.size.observe(part.list);
  return view;
}

function picked(view, place) {
  pick(view, place);
  remember(view);
}

function renewed(view) {
  renew(view);
  remember(view);
}

function renew(view) {
  const { part, header } = view;
  view.shown = sorted(search(header.labels, view.lowered, part.query.value), part.order.value || "id", view);
  view.at = -1;
  part.list.scrollTop = 0;
  part.says.textContent = "";
  part.found.textContent = view.shown.length ? `${grouped(view.shown.length)} of ${grouped(header.labels.length)}` : "no piece has that in it: it is cut into smaller ones";
  showRows(view);
}

function receive(view, bytes) {
  const { part } = view, first = !view.header, { header, arrays } = unpack(bytes, "uint32");
  Object.assign(view, { header, lengths: arrays.lengths.values, made: arrays.made.values, seen: arrays.seen?.values });
  view.lowered = header.labels.map((label) => label.toLowerCase());
  part.file.classList.toggle("uncounted", !view.seen);
  part.parts.replaceChildren(...header.parts.map((one) => branch(one)));
  const names = Object.entries(ORDERS).filter(([name]) => view.seen || !["most", "least"].includes(name)), before = part.order.value;
  part.order.replaceChildren(...names.map(([value, text]) => Object.assign(element("option", "", text), { value })));
  if (names.some(([name]) => name === before)) part.order.value = before;
  part.model.textContent = header.counted ? `${header.provenance} · seen: counted on ${header.counted} alone` : `${header.provenance} · not counted on any text (python -m trainer derive does it)`;
  recall(view, renew);
  if (!first) { // of another model: what it has not got is no fault of the link
    if (view.at < 0) part.says.textContent = "";
    remember(view);
  }
  part.file.dataset.drawn = String((view.drawn += 1));
}
