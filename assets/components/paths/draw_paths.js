// The plane on its canvas. A dot is a ring as wide as its radius, so that a pen that writes SVG draws it too.
import { surface, themed } from "../shared/canvas.js";
import { fit, labelBox, project } from "../map/camera.js";
import { hueOf, placeAt } from "./plane.js";

const LABELLED = 40; // characters of a label

export const shortened = (text) => (text.length > LABELLED ? `${text.slice(0, LABELLED - 1).trimEnd()}…` : text);

/** Draws now, and again until the dots have arrived at their stop. */
export function repaint(view) {
  cancelAnimationFrame(view.frame);
  const { canvas } = view.part, width = canvas.clientWidth, height = canvas.clientHeight;
  if (!width) return;
  const away = view.at - view.shown;
  view.shown = view.still || Math.abs(away) < 0.02 ? view.at : view.shown + 0.28 * away;
  view.camera = fit(view.points, width, height, Math.min(64, width / 8));
  paintPaths(view, surface(canvas, width, height), width, height);
  if (view.shown !== view.at) view.frame = requestAnimationFrame(() => repaint(view));
}

export function paintPaths(view, pen, width, height) {
  const { header, points, camera, shown, focus, lock } = view, { labels, stops } = header;
  const theme = themed(view.part.paths), spot = (path, stop) => project(camera, ...placeAt(points, stops.length, path, stop));
  const order = [...labels.keys()].filter((path) => path !== focus).concat(focus), taken = [];
  for (const path of order) {
    pen.globalAlpha = path === focus ? 1 : lock === null ? 0.55 : 0.22;
    pen.strokeStyle = hueOf(header, path);
    pen.lineWidth = path === focus ? 2.5 : 1.5;
    pen.beginPath();
    stops.forEach((_, stop) => pen[stop ? "lineTo" : "moveTo"](...spot(path, stop)));
    pen.stroke();
    stops.forEach((_, stop) => dot(pen, spot(path, stop), stop ? 2.2 : 3.4, hueOf(header, path)));
  }
  pen.globalAlpha = 1;
  for (const path of order) {
    dot(pen, spot(path, shown), path === focus ? 8 : 6.5, theme.paper);
    dot(pen, spot(path, shown), path === focus ? 6.5 : 5, hueOf(header, path));
  }
  for (const path of order.toReversed()) write(pen, theme, taken, spot(path, shown), shortened(labels[path]), [width, height], path === focus);
  if (stops.length > 1 && view.at) write(pen, theme, taken, spot(focus, 0), stops[0], [width, height], false, 0.7);
}

function dot(pen, [x, y], radius, colour) {
  const r = radius / 2, k = 0.5523 * r; // of a Bézier curve that is nearly a quarter of a circle
  [pen.strokeStyle, pen.lineWidth] = [colour, radius];
  pen.beginPath();
  pen.moveTo(x + r, y);
  pen.bezierCurveTo(x + r, y + k, x + k, y + r, x, y + r);
  pen.bezierCurveTo(x - k, y + r, x - r, y + k, x - r, y);
  pen.bezierCurveTo(x - r, y - k, x - k, y - r, x, y - r);
  pen.bezierCurveTo(x + k, y - r, x + r, y - k, x + r, y);
  pen.stroke();
}

/** A label beside its dot, haloed by the paper; left out where others leave it no room. */
function write(pen, { ink, paper, font }, taken, spot, text, [width, height], always, alpha = 1) {
  pen.font = `${always ? 600 : 400} 13px ${font}`;
  const { box, free } = labelBox(taken, spot, pen.measureText(text).width, width, height);
  if (!box || (!free && !always)) return;
  [pen.textAlign, pen.textBaseline, pen.lineJoin, pen.lineWidth, pen.globalAlpha] = ["left", "middle", "round", 4, alpha];
  [pen.strokeStyle, pen.fillStyle] = [paper, ink];
  pen.strokeText(text, box[0] + 2, box[1] + 9);
  pen.fillText(text, box[0] + 2, box[1] + 9);
  pen.globalAlpha = 1;
}
