// One head step by step: what goes in, what comes out, and what each number is made from. Python sends all positions of
// one head as one blob; steps, pieces and hover happen here.
import { Address } from "../shared/address.js";
import { decodeHalves, unpack } from "../shared/blob.js";
import { mounted, partsOf } from "../shared/mounted.js";
import { clamp } from "../shared/numbers.js";
import { listenWalk, rest } from "./act_walk.js";
import { buildChoosers } from "./elements_walk.js";
import { refresh, restep } from "./frame.js";
import { readHues } from "./hues.js";
import { placesFrom, rememberWalk } from "./remember_walk.js";
import { saveWalk } from "./save_walk.js";

const PARTS = ["walk", "label", "pieces", "back", "play", "on", "strip", "title", "place", "paper", "says", "which", "formula", "where", "release", "hint",
  "save", "take", "snippet", "copy", "board", "figures", "summary", "model", "tensor", "dims"];

export default mounted({ build, receive, draw: restyle, end });

function restyle(view) {
  view.theme = readHues(view.part.walk);
  restep(view);
}

function end(view) {
  rest(view);
  view.observer.disconnect();
  cancelAnimationFrame(view.waiting);
}

function build(parent) {
  const part = partsOf(parent, PARTS);
  const listeners = new AbortController(), address = new Address("walk", listeners);
  const view = { part, listeners, address, step: 0, row: null, hover: null, lock: null, named: null, timer: 0, waiting: 0, drawn: 0 };
  part.play.hidden = matchMedia("(prefers-reduced-motion: reduce)").matches;
  listenWalk(view);
  saveWalk(view);
  view.observer = new ResizeObserver(() => part.board.clientWidth !== view.width && restep(view));
  view.observer.observe(part.board);
  document.fonts?.ready.then(() => view.header && refresh(view));
  return view;
}

function receive(view, bytes) {
  const { header, arrays } = unpack(bytes, "float16", "float32", "uint8");
  const before = view.header, spelt = JSON.stringify(header.pieces.query);
  view.tensors = Object.fromEntries(Object.entries(header.tensors).map(([name, about]) => {
    const { shape, values } = arrays[name];
    return [name, { ...about, shape, values: values instanceof Uint16Array ? decodeHalves(values) : values }];
  }));
  Object.assign(view, { header, hover: null, lock: null, named: null });
  if (view.spelt !== spelt) view.row = Math.min(2, header.pieces.query.length - 1);
  view.spelt = spelt;
  const same = header.steps.findIndex(({ name }) => name === before?.steps[view.step].name);
  view.step = same >= 0 ? same : clamp(0, view.step, header.steps.length - 1);
  if (!before) Object.assign(view, placesFrom(view.address.read(), view));
  rememberWalk(view);
  view.part.model.textContent = header.provenance;
  view.part.walk.dataset.kind = header.kind;
  buildChoosers(view);
}
