// A picture in patches: tokens, every head over the picture, hidden patches painted in, learned positions, classes.
// All numbers of one picture arrive in one blob; only a patch that is hidden or shown again asks the server.
import { Address } from "../shared/address.js";
import { decodeHalves, unpack } from "../shared/blob.js";
import { mounted, partsOf } from "../shared/mounted.js";
import { gaze, listenPatches } from "./act_patches.js";
import { repaintAll } from "./draw_patches.js";
import { lineHeight } from "./draw_tokens.js";
import { gazeFrom, within } from "./gaze.js";
import { imageFrom } from "./pixels.js";
import { savePatches } from "./save_patches.js";
import { fillWords } from "./side_patches.js";

const PARTS = ["patches", "play", "previous", "next", "scrub", "count", "picture", "made", "line", "says", "chosen", "look", "most", "heads", "hiding", "erred", "truth", "shown", "paint", "sum", "places", "which", "apart", "strips", "model", "save"];

export default mounted({ build, receive, draw: restyle, end });

function build(parent) {
  const part = Object.assign(partsOf(parent, PARTS), { head: parent.querySelector("thead"), body: parent.querySelector("tbody") });
  const listeners = new AbortController();
  const view = { part, listeners, token: 0, layer: 0, head: 0, step: 0, hover: null, timer: null, images: {}, painted: {}, letters: false, frame: 0, drawn: 0 };
  view.address = new Address("patches", listeners, () => view.header && recall(view));
  part.play.hidden = matchMedia("(prefers-reduced-motion: reduce)").matches;
  listenPatches(view);
  savePatches(view);
  view.observer = new ResizeObserver(() => view.header && fit(view));
  view.observer.observe(part.patches);
  document.fonts?.ready.then(() => {
    view.letters = true;
    if (view.header) repaintAll(view);
  });
  return view;
}

function receive(view, bytes) {
  const { header, arrays } = unpack(bytes, "float16", "float32", "uint8"), hidden = new Set(header.hidden.map((patch) => patch + 1));
  for (const name of ["attention", "positions"]) arrays[name].values = decodeHalves(arrays[name].values);
  const first = !view.header, before = view.tokens;
  Object.assign(view, { header, arrays, hidden, across: header.side / header.patch, tokens: arrays.attention.shape[2], scale: spread(arrays.vectors.values) });
  view.grids = {};
  view.images = { image: imageFrom(arrays.image), painted: imageFrom(arrays.painted), seen: imageFrom(arrays.image, hidden, header.patch) };
  view.part.scrub.max = String(view.tokens);
  fillWords(view);
  if (first) recall(view);
  else gaze(view, within(view, before, arrays.attention.shape));
  fit(view);
  view.part.patches.dataset.drawn = String((view.drawn += 1));
}

/** Numbers beyond this are drawn as it: two and a half times their usual size. */
const spread = (values) => 2.5 * Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length) || 1;

/** Token, head and step are those of the address. */
function recall(view) {
  gaze(view, gazeFrom(view.address.read(), view.arrays.attention));
}

/** Squares stay squares, whatever the width. */
function fit(view) {
  for (const name of ["picture", "look", "truth", "shown", "paint", "places"]) view.part[name].style.height = `${view.part[name].clientWidth}px`;
  view.part.line.style.height = `${lineHeight(view, view.part.line.clientWidth)}px`;
  const [layers, heads] = view.arrays.attention.shape;
  view.part.heads.style.height = `${26 + ((view.part.heads.clientWidth - 26) / heads) * layers}px`;
  repaintAll(view);
}

function restyle(view) {
  view.accent = getComputedStyle(view.part.patches).getPropertyValue("--sun").trim() || "#dd5a36";
  if (view.header) repaintAll(view);
}

function end(view) {
  view.observer.disconnect();
  cancelAnimationFrame(view.frame);
}
