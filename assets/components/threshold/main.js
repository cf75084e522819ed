// All words of a text with their counts, and a threshold: what falls under it is [UNK], each survivor gets its integer.
import { Address, placeIn } from "../shared/address.js";
import { unpack } from "../shared/blob.js";
import { listening } from "../shared/dom.js";
import { mounted, partsOf } from "../shared/mounted.js";
import { pngOf, svgOf } from "../shared/portrait.js";
import { csvOf, offerToSave } from "../shared/save.js";
import { integerOf, keptOf, sumsOf } from "./keep.js";
import { paintKeep } from "./paint_keep.js";

export default mounted({ build, receive, draw: (view) => view.header && paintKeep(view), end: (view) => view.size.disconnect() });

const MOST = 100;

function build(parent) {
  const part = partsOf(parent, ["threshold", "least", "slide", "facts", "sentence", "curve", "told", "model", "save"]);
  part.rows = parent.querySelector("tbody");
  const listeners = new AbortController(), view = { part, listeners, address: new Address("least", listeners), drawn: 0, least: 2 };
  listening(listeners)(part.slide, "input", () => {
    view.least = Number(part.slide.value);
    paintKeep(view);
  });
  listening(listeners)(part.slide, "change", () => view.address.keep({ seen: view.least }));
  view.size = new ResizeObserver(() => view.header && paintKeep(view));
  view.size.observe(part.curve.parentElement);
  offer(view);
  return view;
}

function offer(view) {
  const { threshold } = view.part, about = () => `${view.header.provenance} · kept from ${view.least} on`;
  offerToSave(view.part.save, view.listeners, () => `words-from-${view.least}`, [
    ["png", "Picture of this", "PNG, as it is seen", () => pngOf(threshold)],
    ["svg", "Picture of this", "SVG, boxes and letters", () => svgOf(threshold, "A vocabulary of words", about())],
    ["csv", "All words", "CSV, with counts and integers", () => csvOf(about(), ["word", "seen", "integer"], view.header.list.map((word, at) => [word, view.counts[at], integerOf(at, keptOf(view.counts, view.least))]))],
    ["link", "Link to this threshold", "into the clipboard", () => location.href],
  ]);
}

function receive(view, bytes) {
  const before = view.header, { header, arrays } = unpack(bytes, "uint32");
  Object.assign(view, { header, counts: arrays.counts.values, sums: sumsOf(arrays.counts.values) });
  view.part.slide.max = Math.max(2, Math.min(MOST, view.counts[0]));
  if (!before) view.least = (placeIn(view.address.read().seen, MOST) ?? 1) + 1;
  view.least = Math.min(view.least, Number(view.part.slide.max));
  view.part.threshold.dataset.drawn = String((view.drawn += 1));
}
