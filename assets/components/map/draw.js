// The map on its canvas: all points, what is lit, and as many labels as have room.
import { surface, themed } from "../shared/canvas.js";
import { labelBox, project } from "./camera.js";
import { cloud, dots } from "./cloud.js";
import { SUN } from "./kinds.js";

const ALL_LABELS = 160; // with no more points than this in view, each is labelled where there is room

export function draw(view) {
  cancelAnimationFrame(view.frame); // what asked for it is drawn now
  view.frame = 0;
  const { canvas, points } = view;
  if (!points || !canvas.clientWidth) return;
  Object.assign(view, themed(view.root));
  const { clientWidth: width, clientHeight: height } = canvas, pen = surface(canvas, width, height);
  const { layer, seen } = cloud(view, width, height);
  pen.drawImage(layer, 0, 0, width, height);
  paintOver(view, pen, width, height, seen, [toolbar(view)]);
}

/** Where the buttons lie over the canvas: no label has room there. */
function toolbar({ root }) {
  const { offsetLeft: left, offsetTop: top, offsetWidth: width, offsetHeight: height } = root.querySelector(".tools");
  return [left, top, left + width, top + height];
}

/** The same with a pen of another kind. */
export function paintMap(view, pen, width, height) {
  paintOver(view, pen, width, height, dots(view, pen, width, height));
}

/** What is lit, and the labels; `seen` are the points in view, `taken` the boxes in which no label has room. */
function paintOver(view, pen, width, height, seen, taken = []) {
  const { header, inside, alone } = view, written = new Set();
  const write = (number, ...how) => written.has(number) || (alone && !inside[number]) || (written.add(number), label(pen, view, [width, height], taken, number, ...how));
  lines(pen, view);
  shape(pen, view);
  rings(pen, view, view.found.slice(0, 400), 3.2, SUN, false);
  rings(pen, view, header.near, 4, SUN, false);
  rings(pen, view, header.own, 4, SUN, true);
  if (view.chosen !== null) rings(pen, view, [view.chosen], 6.5, SUN, true);
  if (view.hover !== null) {
    rings(pen, view, [view.hover], 5, view.ink, false);
    write(view.hover, 600, true);
  }
  if (view.chosen !== null) write(view.chosen, 600, true);
  for (const number of header.own) write(number, 600);
  for (const number of header.near) write(number, 400);
  for (const number of view.found.slice(0, 60)) write(number, 400);
  for (const number of view.taken.slice(0, ALL_LABELS)) write(number, 400);
  if (seen.length <= ALL_LABELS) for (const number of seen) write(number, 400, false, 0.75);
}

const at = (view, number) => project(view.camera, view.points[2 * number], view.points[2 * number + 1]);

const shown = ({ alone, inside }, number) => !alone || inside[number] === 1;

/** The lasso, or the one that is being drawn. */
function shape(pen, view) {
  const corners = view.drawing ?? view.lasso?.map(([x, y]) => project(view.camera, x, y));
  if (!corners) return;
  Object.assign(pen, { strokeStyle: view.ink, lineWidth: 1.2, globalAlpha: 0.7 });
  pen.setLineDash([5, 4]);
  pen.beginPath();
  corners.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  if (!view.drawing) pen.lineTo(...corners[0]);
  pen.stroke();
  pen.setLineDash([]);
  pen.globalAlpha = 1;
}

function lines(pen, view) {
  if (view.chosen === null || !shown(view, view.chosen)) return;
  pen.strokeStyle = SUN;
  pen.lineWidth = 1;
  pen.globalAlpha = 0.4;
  pen.beginPath();
  for (const number of view.header.near.filter((number) => shown(view, number))) {
    pen.moveTo(...at(view, view.chosen));
    pen.lineTo(...at(view, number));
  }
  pen.stroke();
  pen.globalAlpha = 1;
}

function rings(pen, view, numbers, radius, colour, full) {
  pen.lineWidth = 1.5;
  for (const number of numbers.filter((number) => shown(view, number))) {
    const [x, y] = at(view, number);
    pen.beginPath();
    pen.arc(x, y, radius, 0, 7);
    pen.fillStyle = full ? colour : view.paper;
    pen.fill();
    pen.strokeStyle = full ? view.paper : colour;
    pen.stroke();
  }
}

/** A label beside its point, haloed by the paper; left out where others leave it no room. */
function label(pen, view, [width, height], taken, number, weight, always = false, alpha = 1) {
  const [x, y] = at(view, number), text = view.header.labels[number];
  if (x < 0 || y < 0 || x > width || y > height) return;
  pen.font = `${weight} 13px ${view.font}`;
  const { box, free } = labelBox(taken, [x, y], pen.measureText(text).width, width, height);
  if (!box || (!free && !always)) return;
  const [left, middle] = [box[0] + 2, box[1] + 9];
  pen.textBaseline = "middle";
  pen.direction = "ltr";
  pen.lineJoin = "round";
  pen.lineWidth = 4;
  pen.globalAlpha = alpha;
  pen.strokeStyle = view.paper;
  pen.strokeText(text, left, middle);
  pen.fillStyle = view.ink;
  pen.fillText(text, left, middle);
  pen.globalAlpha = 1;
}

export function redraw(view) {
  view.frame ||= requestAnimationFrame(() => draw(view));
}
