// Paths through the layers, in one plane: a word in several sentences, the pieces of one, two languages. All numbers arrive
// in one blob; stops, hover, lock and the arrow keys stay here.
import { Address, placeIn } from "../shared/address.js";
import { unpack } from "../shared/blob.js";
import { mounted, partsOf } from "../shared/mounted.js";
import { clamp } from "../shared/numbers.js";
import { goTo, hold, listenPaths } from "./act_paths.js";
import { repaint } from "./draw_paths.js";
import { savePaths } from "./save_paths.js";
import { fillStops, fillTable } from "./side_paths.js";

const PARTS = ["paths", "stops", "stage", "legend", "name", "where", "near", "apart", "title-apart", "release", "words", "says", "model", "tensor", "save"];

export default mounted({ build, receive, draw: restyle, end });

function build(parent) {
  const part = Object.assign(partsOf(parent, PARTS), { canvas: parent.querySelector("canvas"), head: parent.querySelector("thead"), body: parent.querySelector("tbody") });
  const listeners = new AbortController(), address = new Address("paths", listeners);
  const view = { part, listeners, address, at: null, shown: 0, focus: 0, lock: null, frame: 0, drawn: 0 };
  view.still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  listenPaths(view);
  savePaths(view);
  view.observer = new ResizeObserver(() => view.header && repaint(view));
  view.observer.observe(part.canvas);
  return view;
}

function receive(view, bytes) {
  const { header, arrays } = unpack(bytes, "float32"), { labels, stops } = header;
  const first = !view.header, kept = first ? view.address.read() : {};
  const same = !first && view.header.stops.join() === stops.join();
  const at = first ? (placeIn(kept.stop, stops.length) ?? stops.length - 1) : same ? view.at : stops.length - 1;
  const lock = first ? placeIn(kept.path, labels.length) : view.header.title === header.title && view.lock < labels.length ? view.lock : null;
  Object.assign(view, { header, points: arrays.points.values, distances: arrays.distances?.values ?? null, focus: clamp(0, lock ?? 0, labels.length - 1), lock: null });
  fillStops(view);
  fillTable(view);
  view.part.model.textContent = header.provenance;
  goTo(view, at, true);
  hold(view, lock);
  view.part.paths.dataset.drawn = String((view.drawn += 1));
}

function restyle(view) {
  if (view.header) repaint(view);
}

function end(view) {
  view.observer.disconnect();
  cancelAnimationFrame(view.frame);
}
