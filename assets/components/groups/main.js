// Grouped convolution: input channels, output channels, the lines between them, and the weight matrix going block-diagonal.
// The outputs for every number of groups arrive in one blob; groups, hover, lock and the arrow keys stay here.
import { Address } from "../shared/address.js";
import { unpack } from "../shared/blob.js";
import { mounted, partsOf } from "../shared/mounted.js";
import { choose, listenGroups, show } from "./act_groups.js";
import { repaint } from "./draw_groups.js";
import { saveGroups } from "./save_groups.js";
import { fillCosts, fillCuts } from "./side_groups.js";
import { placeFrom } from "./wiring.js";

export default mounted({ build, receive, draw: restyle, end });

function build(parent) {
  const part = Object.assign(partsOf(parent, ["groups", "cuts", "wires", "matrix", "says", "costs", "model", "save"]), { head: parent.querySelector("thead"), body: parent.querySelector("tbody") });
  const listeners = new AbortController();
  const view = { part, listeners, option: 0, place: null, hover: null, images: {}, frame: 0, drawn: 0 };
  view.address = new Address("groups", listeners, () => view.header && recall(view));
  listenGroups(view);
  saveGroups(view);
  view.observer = new ResizeObserver(() => view.header && repaint(view));
  view.observer.observe(part.wires);
  view.observer.observe(part.matrix);
  document.fonts?.ready.then(() => view.header && repaint(view));
  return view;
}

function receive(view, bytes) {
  const { header, arrays } = unpack(bytes, "float32", "uint8");
  Object.assign(view, { header, arrays, images: {}, hover: null });
  view.part.wires.style.height = `${Math.max(header.inputs.length, header.outputs.length) <= 8 ? 500 : 640}px`;
  fillCuts(view);
  fillCosts(view);
  view.part.model.textContent = header.provenance;
  recall(view);
  view.part.groups.dataset.drawn = String((view.drawn += 1));
}

/** Groups and place are those of the address. */
function recall(view) {
  const { option, place } = placeFrom(view.address.read(), view.header);
  choose(view, option, place);
  show(view);
}

function restyle(view) {
  view.images = {};
  if (view.header) repaint(view);
}

function end(view) {
  view.observer.disconnect();
  cancelAnimationFrame(view.frame);
}
