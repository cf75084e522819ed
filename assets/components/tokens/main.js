// The pieces of a sentence with their integers, and for each distinct piece its row of the embedding. Python sends
// one blob; hover and keys act here. What a person typed is only ever textContent.
import { unpack } from "../shared/blob.js";
import { listen, release } from "./act.js";
import { matrix } from "./matrix.js";
import { listenToOutput, showOutput } from "./output.js";
import { plain } from "./parts.js";
import { counts, sentence } from "./sentence.js";

const VIEWS = new WeakMap();

function build(root) {
  const find = (selector) => root.querySelector(selector);
  const view = { root, pieces: find(".pieces"), rows: find(".rows"), tip: find(".tip"), readout: find(".readout"), row: 0, dim: null };
  listen(view);
  listenToOutput(view);
  return view;
}

export default function (component) {
  const host = component.parentElement;
  if (!VIEWS.has(host)) VIEWS.set(host, build(host.querySelector(".tokens")));
  const view = VIEWS.get(host);
  const { header, arrays } = unpack(component.data, "float32");
  Object.assign(view, { header, values: arrays.rows.values, count: arrays.rows.shape[0], dims: arrays.rows.shape[1] });
  release(view);
  counts(view);
  sentence(view);
  showOutput(view);
  view.root.querySelector(".matrix").hidden = view.count === 0;
  matrix(view);
  view.root.dataset.drawn = header.segments.map((segment) => plain(segment.text)).join("|");
}
