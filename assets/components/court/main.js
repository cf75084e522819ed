// What each method says of one piece: a row of coloured cells for each method, a column for each piece. All
// numbers arrive in one blob; hover, lock and the arrow keys stay here.
import { unpack } from "../shared/blob.js";
import { listen } from "./act.js";
import { describeColumn } from "./describe.js";
import { buildTable } from "./table.js";

const VIEWS = new WeakMap();

export default function court({ parentElement, data }) {
  let view = VIEWS.get(parentElement);
  if (!view) VIEWS.set(parentElement, (view = build(parentElement)));
  if (data && data !== view.bytes) receive(view, data);
  return () => {
    view.listeners.abort();
    VIEWS.delete(parentElement);
  };
}

function build(parent) {
  const part = Object.fromEntries(["court", "line", "release", "model"].map((name) => [name, parent.querySelector(`.${name}`)]));
  Object.assign(part, { head: parent.querySelector("thead"), body: parent.querySelector("tbody") });
  const view = { part, listeners: new AbortController(), drawn: 0, cell: [0, 0], lock: null };
  listen(view);
  return view;
}

function receive(view, bytes) {
  const { header, arrays } = unpack(bytes, "float32", "uint32");
  Object.assign(view, { bytes, header, scores: arrays.scores, ranks: arrays.ranks, lock: null, cell: [0, header.start] });
  buildTable(view);
  view.part.release.hidden = true;
  view.part.line.textContent = describeColumn(view, header.start);
  view.part.model.textContent = header.provenance;
  view.part.court.dataset.drawn = String((view.drawn += 1));
}
