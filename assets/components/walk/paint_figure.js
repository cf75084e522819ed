// One tensor as a picture: a colour a number, the numbers themselves where there is room, and what is lit.
import { surface } from "../shared/canvas.js";
import { digits } from "./formula.js";
import { hueOf } from "./hues.js";
import { box, extent } from "./places.js";
import { valueAt } from "./uses.js";

const ROOM = [44, 14]; // px that a written number needs

/** The strongest finite number of a tensor: what has the full colour. */
function strongest(tensor) {
  return (tensor.most ??= tensor.values.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0) || 1);
}

function pixels({ theme }, tensor, name, { turned, from, count }) {
  const [, cols] = tensor.shape, most = name === "weights" ? 1 : strongest(tensor);
  const canvas = turned ? new OffscreenCanvas(count, cols) : new OffscreenCanvas(cols, count);
  const image = new ImageData(canvas.width, canvas.height), colours = new Uint32Array(image.data.buffer);
  const [above, below] = theme.tables[hueOf(name)];
  for (let i = 0; i < count; i++) for (let j = 0; j < cols; j++) {
    const value = valueAt(tensor, from + i, j);
    if (!Number.isFinite(value) || name === "allowed" || (count === 1 && cols === 1)) continue;
    colours[turned ? j * count + i : i * cols + j] = (value < 0 ? below : above)[Math.round((Math.abs(value) / most) * 255)];
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

/** Paints a figure on its canvas; `places` is what is lit in its tensor. */
export function paintFigure(view, figure, places) {
  figure.places = places;
  paintFigureWith(view, figure, surface(figure.canvas, ...extent(figure, view.tensors[figure.name].shape)));
}

/** The same picture with any pen. */
export function paintFigureWith(view, figure, pen) {
  const tensor = view.tensors[figure.name], { theme } = view, { places } = figure;
  const [width, height] = extent(figure, tensor.shape);
  pen.imageSmoothingEnabled = Math.min(figure.px, figure.py) < 1;
  if (figure.theme !== theme) figure.picture = pixels(view, tensor, figure.name, figure);
  figure.theme = theme;
  pen.drawImage(figure.picture, 0, 0, width, height);
  hatchMasked(pen, figure, tensor, theme);
  light(pen, figure, places, theme, width, height);
  if (figure.px >= ROOM[0] && figure.py >= ROOM[1]) write(pen, figure, tensor, theme, places);
}

/** Where the outline of from .. from + size runs: inside it where there is room, else around it; never off the picture. */
function rim(from, size, end) {
  const off = size < 8 ? -0.75 : 0.75;
  return [Math.max(from + off, 0.75), Math.min(from + size - off, end - 0.75)];
}

function light(pen, figure, places, theme, width, height) {
  pen.fillStyle = theme.css(theme.paper, 0.66);
  pen.fillRect(0, 0, width, height);
  const boxes = places.map(({ rows, cols }) => box(figure, rows, cols)).filter(Boolean);
  pen.setLineDash(places.some(({ ahead }) => ahead) ? [3, 2] : []);
  const [sx, sy] = [figure.picture.width / width, figure.picture.height / height];
  for (const [x, y, w, h] of boxes) pen.drawImage(figure.picture, x * sx, y * sy, w * sx, h * sy, x, y, w, h);
  pen.strokeStyle = theme.css(theme.ink, 0.9);
  pen.lineWidth = 1.5;
  for (const [x, y, w, h] of boxes) {
    const [left, right] = rim(x, w, width), [top, bottom] = rim(y, h, height);
    pen.strokeRect(left, top, right - left, bottom - top);
  }
  pen.setLineDash([]);
}

/** What may not be looked at is hatched, not white: the mask's own cells, and −∞. */
function hatchMasked(pen, figure, tensor, theme) {
  if (figure.name !== "allowed" && figure.name !== "masked") return;
  pen.strokeStyle = theme.css(theme.ink, 0.22);
  pen.lineWidth = 1;
  for (let i = 0; i < figure.count; i++) for (let j = 0; j < tensor.shape[1]; j++) {
    const value = valueAt(tensor, figure.from + i, j);
    if (figure.name === "allowed" ? value : value !== -Infinity) continue;
    const [x, y, w, h] = box(figure, [figure.from + i, figure.from + i + 1], [j, j + 1]);
    pen.save();
    pen.beginPath();
    pen.rect(x, y, w, h);
    pen.clip();
    pen.beginPath();
    for (let d = -h; d < w; d += 6) {
      pen.moveTo(x + d, y + h);
      pen.lineTo(x + d + h, y);
    }
    pen.stroke();
    pen.restore();
  }
}

function write(pen, figure, tensor, theme, places) {
  const most = figure.name === "weights" ? 1 : strongest(tensor), plain = figure.name === "allowed" || tensor.values.length === 1 || figure.chip || tensor.cols === "one";
  const within = (i, j) => places.some(({ rows, cols }) => i >= rows[0] && i < rows[1] && j >= cols[0] && j < cols[1]);
  pen.font = `500 12px ${theme.font}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  pen.lineWidth = 3;
  for (let i = 0; i < figure.count; i++) for (let j = 0; j < tensor.shape[1]; j++) {
    const [x, y, w, h] = box(figure, [figure.from + i, figure.from + i + 1], [j, j + 1]);
    const value = valueAt(tensor, figure.from + i, j);
    const text = figure.name === "allowed" ? (value ? "may look" : "masked") : digits(value);
    const strong = !plain && within(figure.from + i, j) && Math.abs(value) / most > 0.55;
    pen.strokeStyle = theme.css(theme.paper, strong ? 0 : 0.75);
    pen.strokeText(text, x + w / 2, y + h / 2 + 0.5);
    pen.fillStyle = theme.css(strong ? theme.paper : theme.ink);
    pen.fillText(text, x + w / 2, y + h / 2 + 0.5);
  }
}
