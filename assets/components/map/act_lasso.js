// Taking words: a shape dragged with the mouse, a circle in the middle with keys. The words inside are listed beside the map.
import { place } from "./camera.js";
import { circle, lassoFrom, lassoText, simplified, within } from "./lasso.js";
import { redraw } from "./draw.js";
import { remember } from "./remember_map.js";
import { describe, sideOfLasso } from "./side.js";

const NEAREST = 6; // px between two corners while it is drawn

export function beginLasso(view, px, py) {
  view.ring = null;
  view.drawing = [[px, py]];
}

export function drawLasso(view, px, py) {
  const [x, y] = view.drawing.at(-1);
  if (Math.hypot(px - x, py - y) < NEAREST) return;
  view.drawing.push([px, py]);
  redraw(view);
}

/** What was drawn is the lasso from here on; a mere click is none. */
export function endLasso(view) {
  const corners = simplified(view.drawing).map(([px, py]) => place(view.camera, px, py));
  view.drawing = null;
  if (corners.length > 2) setLasso(view, corners);
  else redraw(view);
}

/** A circle around the middle of the canvas; it stays there while the map moves below it. */
export function ringLasso(view, radius) {
  const { canvas, camera } = view, half = Math.min(canvas.clientWidth, canvas.clientHeight) / 2;
  view.ring = Math.min(half, Math.max(12, radius));
  setLasso(view, circle(...place(camera, canvas.clientWidth / 2, canvas.clientHeight / 2), view.ring / camera.scale));
}

/** Corners in the map's numbers, or null for none. They are rounded as the address has them, so that a link takes the same words. */
export function setLasso(view, corners) {
  view.lasso = corners && lassoFrom(lassoText(corners));
  if (!view.lasso) Object.assign(view, { ring: null, alone: false });
  view.inside = view.lasso && within(view.points, view.lasso);
  sideOfLasso(view);
  describe(view);
  remember(view);
  redraw(view);
}

export function setAlone(view, alone) {
  view.alone = alone;
  sideOfLasso(view);
  remember(view);
  redraw(view);
}

export function useLasso(view, on) {
  view.tool = on;
  view.canvas.classList.toggle("lasso", on);
  view.root.querySelector("[data-does=lasso]").setAttribute("aria-pressed", String(on));
}
