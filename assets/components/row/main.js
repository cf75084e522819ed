// One row of one head as bars to drag. The others make room in the browser; what is let go of goes to Python.
import { unpack } from "../shared/blob.js";
import { element, listening } from "../shared/dom.js";
import { KINDS } from "../shared/kinds.js";
import { LOCKED, lockedRow } from "../shared/locked.js";
import { mounted, partsOf } from "../shared/mounted.js";
import { saveRow } from "./save_row.js";
import { rounded, rowOf, shared } from "./share.js";

export default mounted({ build, receive });

function build(parent) {
  const part = partsOf(parent, ["row", "title", "caption", "bars", "model", "tensor", "dims", "save"]);
  part.select = parent.querySelector("select");
  const view = { part, listeners: new AbortController(), row: 0, drawn: 0 };
  saveRow(view);
  const on = listening(view.listeners);
  on(part.select, "change", () => choose(view, Number(part.select.value)));
  on(part.bars, "input", (event) => drag(view, Number(event.target.dataset.place), Number(event.target.value)));
  on(part.bars, "change", () => send(view));
  on(document, LOCKED, () => view.header && follow(view));
  return view;
}

function send({ header, row, weights, streamlit }) {
  const { kind, layer, head } = header;
  streamlit.setTriggerValue("write", { kind, layer, head, row: row + 1, weights: rounded(weights) });
}

const spell = (parts) => parts.map(([text]) => text).join("");

function receive(view, bytes) {
  const { header, arrays } = unpack(bytes, "float32");
  const { part } = view;
  Object.assign(view, { header, values: arrays.weights.values });
  part.row.dataset.kind = header.kind;
  part.title.textContent = `${KINDS[header.kind].title}, layer ${header.layer}, head ${header.head}`;
  part.caption.textContent = header.caption;
  part.model.textContent = header.provenance;
  part.tensor.textContent = header.tensor;
  part.dims.textContent = `${header.dims} = 1 × 1 of the heads × ${header.rows.length} × ${header.columns.length}`;
  part.select.replaceChildren(...header.rows.map((label, place) => Object.assign(element("option", "", `${place + 1} ${spell(label)}`), { value: place })));
  choose(view, Math.min(view.row, header.rows.length - 1));
  follow(view);
}

/** A row that is locked in the heads above is the one to write. */
function follow(view) {
  const row = lockedRow(location.search, view.header.rows.length);
  if (row !== null && row !== view.row) choose(view, row);
}

function choose(view, place) {
  const { header, part } = view;
  view.row = place;
  part.select.value = place;
  view.weights = rowOf(view.values, header.columns.length, place, header.causal);
  part.bars.replaceChildren(...view.weights.map((_, at) => bar(spell(header.columns[at]), at)));
  write(view);
  part.row.dataset.drawn = view.drawn += 1;
}

function bar(label, place) {
  const line = element("li"), name = element("label"), range = element("input");
  Object.assign(range, { type: "range", min: 0, max: 1, step: 0.001 });
  range.dataset.place = place;
  name.append(element("bdi", "", label), range, element("output"));
  line.append(name);
  return line;
}

function drag(view, place, value) {
  view.weights = shared(view.weights, place, value);
  write(view);
}

function write(view) {
  [...view.part.bars.children].forEach((line, at) => {
    const weight = view.weights[at], range = line.querySelector("input");
    if (Number(range.value) !== weight) range.value = weight;
    range.setAttribute("aria-valuetext", Number.isFinite(weight) ? weight.toFixed(3) : "no number");
    range.style.setProperty("--share", `${100 * (weight || 0)}%`);
    line.querySelector("output").textContent = Number.isFinite(weight) ? weight.toFixed(3) : "–";
  });
}
