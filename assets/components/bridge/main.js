// The formula of Grad-CAM on cross-attention: weights, derivatives, what is left of their product, and the mean of the heads.
// A row for each head, a column for each piece of the source.
import { Address, placeIn } from "../shared/address.js";
import { unpack } from "../shared/blob.js";
import { mounted, partsOf } from "../shared/mounted.js";
import { hold, listenBridge } from "./act_bridge.js";
import { saveBridge } from "./save_bridge.js";
import { buildBridge } from "./table_bridge.js";

export default mounted({ build, receive });

function build(parent) {
  const part = { ...partsOf(parent, ["bridge", "line", "release", "model", "save"]), table: parent.querySelector("table") };
  const view = { part, listeners: new AbortController(), drawn: 0, cell: [0, 0], held: false };
  view.address = new Address("bridge", view.listeners);
  listenBridge(view);
  saveBridge(view);
  return view;
}

function receive(view, bytes) {
  const { header, arrays } = unpack(bytes, "float32"), said = view.header ? {} : view.address.read();
  Object.assign(view, { header, numbers: arrays.numbers.values, rows: arrays.numbers.shape[0] });
  buildBridge(view);
  const cell = [placeIn(said.row, view.rows), placeIn(said.piece, header.labels.length)];
  hold(view, cell.includes(null) ? null : cell);
  view.part.model.textContent = header.provenance;
  view.part.bridge.dataset.drawn = String((view.drawn += 1));
}
