// Hover previews a path, a click holds it, a stop is pressed or reached by arrows, Escape frees.
import { listening } from "../shared/dom.js";
import { nearestPoint } from "../map/camera.js";
import { repaint } from "./draw_paths.js";
import { stepped } from "./plane.js";
import { tell } from "./side_paths.js";

const NEARBY = 16; // px within which a stop is under the pointer

export function listenPaths(view) {
  const { part, listeners } = view, on = listening(listeners);
  const cellOf = (event) => event.target.closest?.("button[data-stop]")?.dataset;
  on(part.canvas, "pointermove", (event) => point(view, underPointer(view, event)));
  on(part.canvas, "pointerleave", () => point(view, null));
  on(part.canvas, "click", (event) => choosePath(view, underPointer(view, event)));
  on(part.paths, "keydown", (event) => press(view, event));
  on(part.stops, "click", (event) => cellOf(event) && goTo(view, Number(cellOf(event).stop)));
  on(part.body, "click", (event) => cellOf(event) && choosePath(view, [Number(cellOf(event).path), Number(cellOf(event).stop)]));
  on(part.release, "click", () => hold(view, null));
}

function underPointer(view, event) {
  const box = view.part.canvas.getBoundingClientRect(), { points, camera, header } = view;
  const found = nearestPoint(points, camera, event.clientX - box.left, event.clientY - box.top, NEARBY);
  return found === null ? null : [Math.floor(found / header.stops.length), found % header.stops.length];
}

function point(view, found) {
  view.part.canvas.classList.toggle("over", found !== null);
  const focus = view.lock ?? found?.[0] ?? view.focus;
  if (focus === view.focus) return;
  view.focus = focus;
  tell(view);
  repaint(view);
}

function choosePath(view, found) {
  if (!found) return;
  goTo(view, found[1]);
  if (found[0] !== view.lock) hold(view, found[0]);
}

function press(view, event) {
  const { header, part, focus, at } = view;
  if (event.key === "Escape") return hold(view, null);
  const within = event.target === part.canvas || event.target.closest("td, .stops");
  if (!within) return;
  if (event.key === "Enter" && event.target === part.canvas) return hold(view, view.lock === focus ? null : focus);
  const to = stepped([focus, at], event.key, header.labels.length, header.stops.length);
  if (!to) return;
  event.preventDefault();
  view.focus = to[0];
  goTo(view, to[1]);
  if (view.lock !== null && view.lock !== to[0]) hold(view, to[0]);
  if (event.target.closest("td")) part.body.querySelector(`[data-path="${to[0]}"][data-stop="${to[1]}"]`).focus();
  if (event.target.closest(".stops")) part.stops.children[to[1]].focus();
}

/** Look at another stop; `atOnce` without the way there. */
export function goTo(view, stop, atOnce = false) {
  view.at = stop;
  if (atOnce) view.shown = stop;
  keepPlace(view);
  tell(view);
  repaint(view);
}

/** Holds a path, or none. */
export function hold(view, path) {
  view.lock = path;
  if (path !== null) view.focus = path;
  view.part.release.hidden = path === null;
  keepPlace(view);
  tell(view);
  repaint(view);
}

function keepPlace({ address, at, lock, header }) {
  const last = at === header.stops.length - 1;
  address.keep({ ...(last ? {} : { stop: at + 1 }), ...(lock === null ? {} : { path: lock + 1 }) });
}
