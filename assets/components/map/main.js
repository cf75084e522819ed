// The vocabulary as points in the plane: pan, zoom, hover, search, choose. Python sends one blob; only a chosen piece
// goes back. Labels are drawn on the canvas or set as textContent, so no piece can act as HTML.
import { unpack } from "../shared/blob.js";
import { listen, refit } from "./act.js";
import { draw, redraw } from "./draw.js";
import { saveMap } from "./save_map.js";
import { describe, side } from "./side.js";

const VIEWS = new WeakMap();

function build(root, component) {
  const canvas = root.querySelector("canvas"), input = root.querySelector("input");
  const view = { root, component, canvas, input, hover: null, found: [], chosen: null, grab: null, dragged: false, frame: 0, mapped: null, cloud: null, listeners: new AbortController() };
  listen(view);
  saveMap(view);
  view.watch = new ResizeObserver(() => { if (view.points && refit(view)) redraw(view); });
  view.watch.observe(canvas);
  return view;
}

export default function (component) {
  const host = component.parentElement;
  if (!VIEWS.has(host)) VIEWS.set(host, build(host.querySelector(".map"), component));
  const view = VIEWS.get(host);
  const { header, arrays } = unpack(component.data, "float32", "uint8");
  view.component = component;
  Object.assign(view, { header, points: arrays.points?.values ?? null, kind: arrays.kind.values, chosen: header.chosen, hover: null });
  view.root.classList.toggle("alone", !view.points);
  view.root.querySelector(".stage").hidden = !view.points;
  side(view);
  if (view.points) {
    describe(view);
    refit(view);
    draw(view);
  }
  view.root.dataset.drawn = `${header.title} ${header.chosen}`;
  return () => { view.watch.disconnect(); view.listeners.abort(); VIEWS.delete(host); cancelAnimationFrame(view.frame); };
}
