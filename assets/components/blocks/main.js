// The width of a model cut into heads: its four matrices with the rows or columns of each head, and the maps that one head
// of all features and the heads make of the same sentence. Hover, choice and arrow keys stay here.
import { Address, placeIn } from "../shared/address.js";
import { decodeHalves, unpack } from "../shared/blob.js";
import { mounted, partsOf } from "../shared/mounted.js";
import { chooseHead, listenBlocks } from "./act_blocks.js";
import { repaint } from "./draw_blocks.js";
import { fillBlocks } from "./fill_blocks.js";
import { saveBlocks } from "./save_blocks.js";

export default mounted({ build, receive, draw: restyle, end });

function build(parent) {
  const part = Object.assign(partsOf(parent, ["blocks", "heads", "matrices", "says", "maps", "model", "tensor", "dims", "save"]), { head: parent.querySelector("thead"), body: parent.querySelector("tbody") });
  const listeners = new AbortController();
  const view = { part, listeners, head: null, hover: null, frame: 0, drawn: 0 };
  view.address = new Address("blocks", listeners, () => view.header && recall(view));
  listenBlocks(view);
  saveBlocks(view);
  view.observer = new ResizeObserver(() => view.header && repaint(view));
  view.observer.observe(part.blocks);
  return view;
}

function receive(view, bytes) {
  const { header, arrays } = unpack(bytes, "float16");
  const values = Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, decodeHalves(array.values)]));
  Object.assign(view, { header, values, hover: null });
  fillBlocks(view);
  recall(view);
  view.part.blocks.dataset.drawn = String((view.drawn += 1));
}

function recall(view) {
  chooseHead(view, placeIn(view.address.read().head, view.header.heads));
}

function restyle(view) {
  if (view.header) repaint(view);
}

function end(view) {
  view.observer.disconnect();
  cancelAnimationFrame(view.frame);
}
