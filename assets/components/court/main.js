// What each method says of one piece: a row of coloured cells for each method, a column for each piece. All
// numbers arrive in one blob; hover, lock and the arrow keys stay here.
import { Address, placeIn } from "../shared/address.js";
import { unpack } from "../shared/blob.js";
import { mounted, partsOf } from "../shared/mounted.js";
import { listen, lock } from "./act.js";
import { describeColumn } from "./describe.js";
import { saveCourt } from "./save_court.js";
import { buildTable } from "./table.js";

export default mounted({ build, receive });

function build(parent) {
  const part = partsOf(parent, ["court", "line", "release", "model", "save"]);
  Object.assign(part, { head: parent.querySelector("thead"), body: parent.querySelector("tbody") });
  const listeners = new AbortController(), address = new Address("court", listeners);
  const view = { part, listeners, address, drawn: 0, cell: [0, 0], lock: null };
  listen(view);
  saveCourt(view);
  return view;
}

function receive(view, bytes) {
  const { header, arrays } = unpack(bytes, "float32", "uint32");
  const locked = view.header ? null : placeIn(view.address.read().piece, header.labels.length);
  Object.assign(view, { header, scores: arrays.scores, ranks: arrays.ranks, lock: null, cell: [0, header.start] });
  buildTable(view);
  view.part.line.textContent = describeColumn(view, header.start);
  lock(view, locked);
  view.part.model.textContent = header.provenance;
  view.part.court.dataset.drawn = String((view.drawn += 1));
}
