// How the map is looked at, in the address: where the camera is, what is searched for, the lasso, and how points are drawn.
import { brief } from "../shared/address.js";
import { lensOf } from "./camera.js";
import { lassoFrom, lassoText } from "./lasso.js";

const PAUSE = 200; // ms without another change: browsers allow a few changes of the address a second

const fiveDigits = (number) => Number(number.toPrecision(5));

export function remember(view) {
  clearTimeout(view.waiting);
  view.asked = null;
  view.waiting = setTimeout(() => (view.camera || !view.points) && view.address.keep(view.points ? settingsOf(view) : searchOf(view)), PAUSE);
}

/** Without points there is a search alone; what is kept of the points stays for when they are there again. */
export function searchOf({ address, input }) {
  const { find, ...others } = address.read(), typed = brief(input.value);
  return typed.trim() ? { ...others, find: typed } : others;
}

/** What differs from how the map is shown at first. */
export function settingsOf({ camera, fitted, canvas, input, lasso, alone, sized }) {
  const { zoom, x, y } = lensOf(camera, fitted, canvas.clientWidth, canvas.clientHeight);
  const moved = ["scale", "x", "y"].some((name) => Math.abs(camera[name] - fitted[name]) > 1e-6 * Math.abs(fitted[name]));
  return {
    ...(moved && { zoom: fiveDigits(zoom), x: fiveDigits(x), y: fiveDigits(y) }),
    ...(input.value.trim() && { find: brief(input.value) }),
    ...(lasso && { lasso: lassoText(lasso) }),
    ...(lasso && alone && { alone: 1 }),
    ...(sized && { sized: 1 }),
  };
}

/** The settings that an address tells, without what is none. */
export function settingsFrom(told) {
  const [zoom, x, y] = [told.zoom, told.x, told.y].map((text) => (text ? Number(text) : NaN));
  const lens = zoom >= 0.3 && zoom <= 400 && Number.isFinite(x) && Number.isFinite(y) ? { zoom, x, y } : null;
  const lasso = lassoFrom(told.lasso);
  return { lens, find: brief(told.find ?? ""), lasso, alone: lasso !== null && told.alone === "1", sized: told.sized === "1" };
}
