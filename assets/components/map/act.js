// What a person does: pan, zoom, point, search, choose, with the mouse, a finger or keys.
import { clamp } from "../shared/numbers.js";
import { fit, nearestPoint, zoomed } from "./camera.js";
import { redraw } from "./draw.js";
import { matches } from "./side.js";

const REACH = 14; // px within which a point is under the pointer

function choose(view, number) {
  if (number === null || number === view.chosen) return;
  view.chosen = number;
  view.component.setTriggerValue("choice", number);
  for (const button of view.root.querySelectorAll("[data-piece][aria-pressed]")) button.setAttribute("aria-pressed", String(Number(button.dataset.piece) === number));
  redraw(view);
}

function place(view, event) {
  const box = view.canvas.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

function zoom(view, factor, px = view.canvas.clientWidth / 2, py = view.canvas.clientHeight / 2) {
  const limit = view.camera.scale * factor / view.fitted.scale;
  if (limit < 0.3 || limit > 400) return;
  view.camera = zoomed(view.camera, factor, px, py);
  redraw(view);
}

function moved(view, event) {
  const [px, py] = place(view, event);
  if (view.grab) {
    const [fromX, fromY] = view.grab;
    if (Math.hypot(px - fromX, py - fromY) > 4) view.dragged = true;
    if (view.dragged) view.camera = { ...view.camera, x: view.grabbed.x + px - fromX, y: view.grabbed.y + py - fromY };
    view.canvas.classList.toggle("pan", view.dragged);
  } else {
    const hover = nearestPoint(view.points, view.camera, px, py, REACH);
    if (hover === view.hover) return;
    view.hover = hover;
    view.canvas.classList.toggle("over", hover !== null);
  }
  redraw(view);
}

function keyed(view, event) {
  const step = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[event.key];
  if (step) view.camera = { ...view.camera, x: view.camera.x + step[0], y: view.camera.y + step[1] };
  else if (event.key === "+" || event.key === "=") zoom(view, 1.4);
  else if (event.key === "-") zoom(view, 1 / 1.4);
  else if (event.key === "0") view.camera = { ...view.fitted };
  else if (event.key === "Enter") choose(view, nearestPoint(view.points, view.camera, view.canvas.clientWidth / 2, view.canvas.clientHeight / 2, Infinity));
  else return;
  event.preventDefault();
  redraw(view);
}

export function listen(view) {
  const { root, canvas, input } = view;
  canvas.addEventListener("pointerdown", (event) => {
    view.grab = place(view, event);
    view.grabbed = view.camera;
    view.dragged = false;
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => moved(view, event));
  canvas.addEventListener("pointerup", (event) => {
    if (view.grab && !view.dragged) choose(view, nearestPoint(view.points, view.camera, ...place(view, event), REACH));
    view.grab = null;
    canvas.classList.remove("pan");
  });
  canvas.addEventListener("pointercancel", () => { view.grab = null; });
  canvas.addEventListener("pointerleave", () => { view.hover = null; redraw(view); });
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(view, Math.exp(-clamp(-240, event.deltaY, 240) * 0.002), ...place(view, event));
  }, { passive: false });
  canvas.addEventListener("keydown", (event) => keyed(view, event));
  root.querySelector(".tools").addEventListener("click", (event) => {
    const how = event.target.dataset.zoom;
    if (how === "all") view.camera = { ...view.fitted };
    else zoom(view, how === "in" ? 1.6 : 1 / 1.6);
    redraw(view);
  });
  input.addEventListener("input", () => { matches(view); redraw(view); });
  input.addEventListener("keydown", (event) => { if (event.key === "Enter" && view.found.length) choose(view, view.found[0]); });
  root.querySelector(".side").addEventListener("click", (event) => {
    const piece = event.target.closest("[data-piece]")?.dataset.piece;
    if (piece !== undefined) choose(view, Number(piece));
  });
}

/** Fit the camera when the map or the canvas is another one, and say so; else leave it where the person put it. */
export function refit(view) {
  const { clientWidth: width, clientHeight: height } = view.canvas;
  if (!width) return false;
  const mark = `${view.header.title} ${width} ${height}`;
  if (mark === view.mapped) return false;
  view.mapped = mark;
  view.fitted = fit(view.points, width, height);
  view.camera = { ...view.fitted };
  return true;
}
