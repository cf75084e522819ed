// Lines, points and marks between the axes, and what they say at the pointer.
import { nearest, stretches } from "./axis.js";
import { PAD, shown } from "./scales.js";

const SUN = "#dd5a36";

export function line(pen, scale, curve) {
  const { x, y, gaps, style, colour } = curve;
  pen.strokeStyle = pen.fillStyle = colour;
  pen.globalAlpha = style === "faint" ? 0.32 : 1;
  pen.lineWidth = style === "faint" ? 1 : 2;
  pen.lineJoin = "round";
  pen.setLineDash(style === "dotted" ? [2, 4] : []);
  for (const [first, end] of stretches(y, scale.log)) {
    pen.beginPath();
    for (let i = first; i < end; i++) pen.lineTo(scale.x(x[i]), scale.y(y[i]));
    pen.stroke();
    if (style !== "points" && end - first > 1) continue;
    for (let i = first; i < end; i++) dot(pen, scale.x(x[i]), scale.y(y[i]), style === "points" ? 3 : 1.5);
  }
  pen.setLineDash([]);
  pen.globalAlpha = 1;
  pen.strokeStyle = SUN;
  for (const [place, height] of gaps) {
    const px = scale.x(place), py = scale.y(height);
    pen.beginPath();
    for (const side of [-1, 1]) {
      pen.moveTo(px - 4, py - 4 * side);
      pen.lineTo(px + 4, py + 4 * side);
    }
    pen.stroke();
  }
}

function dot(pen, x, y, radius) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fill();
}

export function mark(pen, view, scale, [level, words], width) {
  const y = scale.y(level);
  if (!(y > PAD.top - 2)) return;
  pen.strokeStyle = pen.fillStyle = SUN;
  pen.lineWidth = 1.5;
  pen.setLineDash([7, 5]);
  pen.beginPath();
  pen.moveTo(PAD.left, y);
  pen.lineTo(width, y);
  pen.stroke();
  pen.setLineDash([]);
  pen.textAlign = "right";
  pen.textBaseline = "bottom";
  pen.font = `12px ${view.font}`;
  pen.fillText(words, width - PAD.right, y - 4);
}

export function band(pen, view, scale, height) {
  const { start, now } = view.drag;
  pen.fillStyle = SUN;
  pen.globalAlpha = 0.12;
  pen.fillRect(Math.min(start, now), PAD.top, Math.abs(now - start), height - PAD.top - PAD.bottom);
  pen.globalAlpha = 1;
}

export function cross(pen, view, scale, panel, height) {
  const x = scale.x(view.at);
  pen.strokeStyle = view.ink;
  pen.globalAlpha = 0.3;
  pen.lineWidth = 1;
  pen.beginPath();
  pen.moveTo(x, PAD.top);
  pen.lineTo(x, height - PAD.bottom);
  pen.stroke();
  pen.globalAlpha = 1;
  for (const { curve, value, place } of readings(view, panel)) {
    pen.fillStyle = view.paper;
    dot(pen, scale.x(place), scale.y(value), 5);
    pen.fillStyle = curve.colour;
    dot(pen, scale.x(place), scale.y(value), 3.5);
  }
}

/** What the lines say at the pointer, each at its own nearest point. */
export function readings(view, panel) {
  const found = [];
  for (const curve of shown(view, panel)) {
    const i = curve.style === "faint" || !curve.x.length ? -1 : nearest(curve.x, view.at);
    if (i >= 0 && Number.isFinite(curve.y[i])) found.push({ curve, step: curve.steps[i], place: curve.x[i], value: curve.y[i] });
  }
  return found;
}
