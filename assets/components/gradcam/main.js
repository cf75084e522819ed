// Grad-CAM and the methods of the vision encoder, step by step, for two queries on one image. All methods and layers arrive in
// one blob; method, layer, cell and channel stay here.
import { Address, placeIn } from "../shared/address.js";
import { decodeHalves, unpack } from "../shared/blob.js";
import { mounted, partsOf } from "../shared/mounted.js";
import { fillCam, listenCam, showCam } from "./act_cam.js";
import { repaintCam } from "./draw_cam.js";
import { saveCam } from "./save_cam.js";
import { lookFrom } from "./stage_cam.js";

export default mounted({ build, receive, draw: restyle, end });

function build(parent) {
  const all = (name) => [...parent.querySelectorAll(`article ${name}`)];
  const part = { ...partsOf(parent, ["gradcam", "methods", "scene", "layers", "model", "save"]), names: all("h3"), hits: all(".hit"), said: all(".says"), canvases: all("canvas") };
  const view = { part, listeners: new AbortController(), look: 0, place: null, hover: null, images: {}, painted: new WeakMap(), frame: 0, drawn: 0 };
  view.address = new Address("cam", view.listeners, () => view.header && recall(view));
  view.read = (...place) => readCam(view, ...place);
  view.largest = (look, kind) => (view.most[`${look}.${kind}`] ??= view.arrays[`${look}.${kind}`].values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) * view.header.looks[look].scales[kind]);
  listenCam(view);
  saveCam(view);
  view.observer = new ResizeObserver(() => view.header && repaintCam(view));
  part.canvases.forEach((canvas) => view.observer.observe(canvas));
  document.fonts?.ready.then(() => view.header && repaintCam(view));
  return view;
}

function receive(view, bytes) {
  const { header, arrays } = unpack(bytes, "float16", "uint8");
  for (const array of Object.values(arrays)) if (array.values instanceof Uint16Array) array.values = decodeHalves(array.values);
  Object.assign(view, { header, arrays, images: {}, most: {}, hover: null });
  view.part.model.textContent = header.provenance;
  recall(view);
  view.part.gradcam.dataset.drawn = String((view.drawn += 1));
}

/** The number of a kind at a place: the scale that it travelled with is in the header. */
export function readCam({ header, arrays }, look, kind, query, slot, row, column) {
  const { shape, values } = arrays[`${look}.${kind}`], place = [query, ...(slot === null ? [] : [slot]), ...(kind === "weights" ? [] : [row, column])];
  return values[place.reduce((at, one, axis) => at * shape[axis] + one, 0)] * header.looks[look].scales[kind];
}

/** Method, layer and place are those of the address. */
function recall(view) {
  const said = view.address.read(), { looks } = view.header;
  view.look = lookFrom(said, looks);
  const { size, shown } = looks[view.look], cell = [placeIn(said.row, size[0]), placeIn(said.column, size[1])], slot = placeIn(said.rank, shown);
  view.place = cell.includes(null) && slot === null ? null : { cell: cell.includes(null) ? null : cell, slot };
  fillCam(view);
  showCam(view);
}

function restyle(view) {
  view.images = {};
  if (view.header) repaintCam(view);
}

function end(view) {
  view.observer.disconnect();
  cancelAnimationFrame(view.frame);
}
