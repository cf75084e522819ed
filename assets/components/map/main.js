// The vocabulary as points in the plane: pan, zoom, hover, search, choose, take with a lasso. Python sends one blob; only a
// chosen piece goes back. Labels are drawn on the canvas or set as textContent, so no piece can act as HTML.
import { Address } from "../shared/address.js";
import { unpack } from "../shared/blob.js";
import { mounted } from "../shared/mounted.js";
import { listen, refit } from "./act.js";
import { setLasso } from "./act_lasso.js";
import { cameraAt } from "./camera.js";
import { levelsOf } from "./cloud.js";
import { draw, redraw } from "./draw.js";
import { settingsFrom } from "./remember_map.js";
import { saveMap } from "./save_map.js";
import { matches, side } from "./side.js";

export default mounted({ build, receive, draw: restyle, end });

const PLAIN = { lasso: null, inside: null, taken: [], ring: null, drawing: null, alone: false };

function build(parent) {
  const root = parent.querySelector(".map"), listeners = new AbortController();
  const view = { root, listeners, canvas: root.querySelector("canvas"), input: root.querySelector("input"), asked: null, ...PLAIN };
  view.address = new Address("lens", listeners, (told) => view.header && follow(view, settingsFrom(told)));
  Object.assign(view, { hover: null, found: [], chosen: null, grab: null, dragged: false, frame: 0, mapped: null, cloud: null, sized: false, tool: false });
  listen(view);
  saveMap(view);
  view.observer = new ResizeObserver(() => { if (view.points && refit(view)) redraw(view); });
  view.observer.observe(view.canvas);
  return view;
}

function receive(view, bytes) {
  performance.mark("dawn-map-data");
  const { header, arrays } = unpack(bytes, "float32", "uint8", "uint32"), first = !view.header;
  const other = !first && view.header.title !== header.title;
  Object.assign(view, { header, points: arrays.points?.values ?? null, kind: arrays.kind.values, counts: arrays.counts?.values ?? null, chosen: header.chosen, hover: null });
  sort(view);
  view.root.classList.toggle("alone", !view.points);
  view.root.querySelector(".stage").hidden = !view.points;
  const asked = first ? settingsFrom(view.address.read()) : other ? view.asked : null;
  side(view);
  if (other && view.points) refit(view); // what is asked of it speaks of its own camera
  if (asked) follow(view, asked);
  else if (view.points) setLasso(view, other ? null : view.lasso);
}

/** Show the map as an address asks. Where that is the address of another map, which is still to come, it is asked again then. */
function follow(view, asked) {
  const { canvas, input, fitted } = view;
  input.value = asked.find;
  matches(view);
  if (!view.points) return;
  if (fitted) view.camera = asked.lens ? cameraAt(asked.lens, fitted, canvas.clientWidth, canvas.clientHeight) : { ...fitted };
  else view.lens = asked.lens;
  Object.assign(view, { sized: asked.sized && view.counts !== null, alone: asked.alone, ring: null });
  view.root.querySelector(".sized").setAttribute("aria-pressed", String(view.sized));
  setLasso(view, asked.lasso);
  view.asked = asked;
}

/** What is needed to draw points as large as pieces are frequent. */
function sort(view) {
  const button = view.root.querySelector(".sized");
  button.hidden = !view.counts;
  view.sized &&= view.counts !== null;
  button.setAttribute("aria-pressed", String(view.sized));
  if (!view.counts) return;
  button.title = `How often each occurs in ${view.header.counted}`;
  view.levels = levelsOf(view.counts);
  view.byCount = Uint32Array.from(view.counts, (_, number) => number).sort((a, b) => view.counts[b] - view.counts[a]);
}

function restyle(view) {
  if (view.points) {
    refit(view);
    draw(view);
  }
  view.root.dataset.drawn = `${view.header.title} ${view.chosen}`;
}

function end(view) {
  view.observer.disconnect();
  clearTimeout(view.waiting);
  cancelAnimationFrame(view.frame);
}
