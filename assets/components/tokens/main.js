// The pieces of a sentence with their integers, and for each distinct piece its row of the embedding. Python sends
// one blob; hover and keys act here. What a person typed is only ever textContent.
import { Address } from "../shared/address.js";
import { unpack } from "../shared/blob.js";
import { mounted } from "../shared/mounted.js";
import { listen, release } from "./act.js";
import { matrix } from "./matrix.js";
import { listenToOutput, recallForm, showOutput } from "./output.js";
import { plain } from "./parts.js";
import { counts, sentence } from "./sentence.js";

export default mounted({ build, receive });

function build(parent) {
  const root = parent.querySelector(".tokens"), find = (selector) => root.querySelector(selector), listeners = new AbortController();
  const view = { root, listeners, address: new Address("output", listeners, () => follow(view)), pieces: find(".pieces"), rows: find(".rows"), tip: find(".tip"), readout: find(".readout"), row: 0, dim: null };
  listen(view);
  listenToOutput(view);
  return view;
}

function follow(view) {
  recallForm(view);
  if (view.header) showOutput(view);
}

function receive(view, bytes) {
  const { header, arrays } = unpack(bytes, "float32");
  Object.assign(view, { header, values: arrays.rows.values, count: arrays.rows.shape[0], dims: arrays.rows.shape[1] });
  release(view);
  counts(view);
  sentence(view);
  showOutput(view);
  view.root.querySelector(".matrix").hidden = view.count === 0;
  matrix(view);
  view.root.dataset.drawn = header.segments.map((segment) => plain(segment.text)).join("|");
}
