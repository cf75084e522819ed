// What a person does: pan, zoom, point, search, choose, with the mouse, a finger or keys.
import { listening } from "../shared/dom.js";
import { clamp } from "../shared/numbers.js";
import { beginLasso, drawLasso, endLasso, ringLasso, setAlone, setLasso, useLasso } from "./act_lasso.js";
import { cameraAt, fit, lensOf, nearestPoint, zoomed } from "./camera.js";
import { redraw } from "./draw.js";
import { remember } from "./remember_map.js";
import { describe, matches } from "./side.js";

const REACH = 14; // px within which a point is under the pointer

function choose(view, number) {
  if (number === null || number === view.chosen) return;
  view.chosen = number;
  view.streamlit.setTriggerValue("choice", number);
  for (const button of view.root.querySelectorAll("[data-piece][aria-pressed]")) button.setAttribute("aria-pressed", String(Number(button.dataset.piece) === number));
  redraw(view);
}

function under(view, event) {
  const box = view.canvas.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

/** Look from elsewhere; a circle in the middle stays there. */
function look(view, camera) {
  view.camera = camera;
  if (view.ring) ringLasso(view, view.ring);
  remember(view);
  redraw(view);
}

function zoom(view, factor, px = view.canvas.clientWidth / 2, py = view.canvas.clientHeight / 2) {
  const limit = view.camera.scale * factor / view.fitted.scale;
  if (limit >= 0.3 && limit <= 400) look(view, zoomed(view.camera, factor, px, py));
}

const nearest = (view, px, py, reach) => nearestPoint(view.points, view.camera, px, py, reach, view.alone ? view.inside : null);

function moved(view, event) {
  const [px, py] = under(view, event);
  if (view.drawing) return drawLasso(view, px, py);
  if (view.grab) {
    const [fromX, fromY] = view.grab;
    if (Math.hypot(px - fromX, py - fromY) > 4) view.dragged = true;
    view.canvas.classList.toggle("pan", view.dragged);
    if (view.dragged) look(view, { ...view.camera, x: view.grabbed.x + px - fromX, y: view.grabbed.y + py - fromY });
    return;
  }
  const hover = nearest(view, px, py, REACH);
  if (hover === view.hover) return;
  view.hover = hover;
  view.canvas.classList.toggle("over", hover !== null);
  redraw(view);
}

function keyed(view, event) {
  const { camera, canvas } = view, step = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[event.key];
  const ring = { l: canvas.clientHeight / 6, "[": view.ring / 1.2, "]": view.ring * 1.2 }[event.key.toLowerCase()];
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (step) look(view, { ...camera, x: camera.x + step[0], y: camera.y + step[1] });
  else if (event.key === "+" || event.key === "=") zoom(view, 1.4);
  else if (event.key === "-") zoom(view, 1 / 1.4);
  else if (event.key === "0") look(view, { ...view.fitted });
  else if (event.key === "Enter") choose(view, nearest(view, canvas.clientWidth / 2, canvas.clientHeight / 2, Infinity));
  else if (ring) ringLasso(view, ring);
  else return;
  event.preventDefault();
}

function release(view, event) {
  if (view.drawing) endLasso(view);
  else if (view.grab && !view.dragged) choose(view, nearest(view, ...under(view, event), REACH));
  view.grab = null;
  view.canvas.classList.remove("pan");
}

/** Escape: what is being drawn, else the lasso and its tool. */
function escape(view, event) {
  if (event.key !== "Escape" || !(view.drawing || view.lasso || view.tool)) return;
  if (view.drawing) view.drawing = null;
  else setLasso(view, null);
  useLasso(view, false);
  redraw(view);
}

const TOOLS = {
  in: (view) => zoom(view, 1.6),
  out: (view) => zoom(view, 1 / 1.6),
  all: (view) => look(view, { ...view.fitted }),
  lasso: (view) => useLasso(view, !view.tool),
  alone: (view) => setAlone(view, !view.alone),
  clear: (view) => setLasso(view, null),
  sized: (view) => {
    view.sized = !view.sized;
    view.root.querySelector(".sized").setAttribute("aria-pressed", String(view.sized));
    describe(view);
    remember(view);
    redraw(view);
  },
};

export function listen(view) {
  const { root, canvas, input } = view, on = listening(view.listeners);
  on(canvas, "pointerdown", (event) => {
    if (event.button) return;
    canvas.setPointerCapture(event.pointerId);
    if (view.tool || event.shiftKey) return beginLasso(view, ...under(view, event));
    Object.assign(view, { grab: under(view, event), grabbed: view.camera, dragged: false });
  });
  on(canvas, "pointermove", (event) => moved(view, event));
  on(canvas, "pointerup", (event) => release(view, event));
  on(canvas, "pointercancel", () => { Object.assign(view, { grab: null, drawing: null }); redraw(view); });
  on(canvas, "pointerleave", () => { view.hover = null; redraw(view); });
  on(canvas, "wheel", (event) => {
    event.preventDefault();
    zoom(view, Math.exp(-clamp(-240, event.deltaY, 240) * 0.002), ...under(view, event));
  }, { passive: false });
  on(canvas, "keydown", (event) => keyed(view, event));
  on(root, "keydown", (event) => escape(view, event));
  on(root, "click", (event) => {
    const { does, piece } = event.target.closest("[data-does], [data-piece]")?.dataset ?? {};
    if (does) TOOLS[does](view);
    else if (piece !== undefined) choose(view, Number(piece));
  });
  on(input, "input", () => { matches(view); remember(view); redraw(view); });
  on(input, "keydown", (event) => { if (event.key === "Enter" && view.found.length) choose(view, view.found[0]); });
}

/** Fit the camera when the map or the canvas is another one, and say so. On another canvas it shows what it showed before. */
export function refit(view) {
  const { clientWidth: width, clientHeight: height } = view.canvas, { mapped, header } = view;
  if (!width || (mapped?.title === header.title && mapped.width === width && mapped.height === height)) return false;
  const lens = view.lens ?? (mapped?.title === header.title ? lensOf(view.camera, view.fitted, mapped.width, mapped.height) : null);
  view.fitted = fit(view.points, width, height);
  view.camera = lens ? cameraAt(lens, view.fitted, width, height) : { ...view.fitted };
  Object.assign(view, { lens: null, mapped: { title: header.title, width, height } });
  return true;
}
