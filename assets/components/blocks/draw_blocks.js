// The matrices and the maps, a square a number, drawn with a pen: a canvas or one that writes SVG.
import { rgb, surface, themed } from "../shared/canvas.js";
import { hueAt } from "../shared/hues.js";
import { ownerOf } from "./owners.js";

/** Draws in the next frame, once. */
export function repaint(view) {
  cancelAnimationFrame(view.frame);
  view.frame = requestAnimationFrame(() => {
    for (const canvas of view.part.blocks.querySelectorAll("canvas")) {
      const { clientWidth: width, clientHeight: height } = canvas;
      if (width && height) paintCanvas(view, canvas, surface(canvas, width, height), width, height);
    }
  });
}

export function paintCanvas(view, canvas, pen, width, height) {
  pen.imageSmoothingEnabled = false;
  const { matrix, map } = canvas.dataset, lit = view.hover?.head ?? view.head, ink = themed(view.part.blocks).ink;
  if (matrix) paintMatrix(view, matrix, pen, width, height, lit);
  else paintMap(view, map, pen, width, height, lit, ink);
  const { hover } = view, own = hover && (matrix ? hover.matrix === matrix : hover.map !== undefined);
  if (!own) return;
  const [rows, columns] = matrix ? [view.header.cells, view.header.cells] : [view.header.rows.length, view.header.columns.length];
  [pen.strokeStyle, pen.lineWidth] = [ink, 1.5];
  pen.strokeRect((hover.column * width) / columns, (hover.row * height) / rows, width / columns, height / rows);
}

/** Each weight in the colour of the head that it belongs to, the stronger the larger it is. */
function paintMatrix({ header, values, part }, matrix, pen, width, height, lit) {
  const { cells, heads } = header, weights = values[matrix], largest = weights.reduce((most, weight) => Math.max(most, weight), 0) || 1;
  const strength = (row, column) => (weights[row * cells + column] / largest) * (lit === null || ownerOf(matrix, row, column, header) === lit ? 1 : 0.12);
  pen.drawImage(squares(part.blocks, cells, cells, strength, (row, column) => hueAt(ownerOf(matrix, row, column, header))), 0, 0, width, height);
  for (let head = 0; head < heads; head++) {
    if (lit !== null && lit !== head) continue;
    const [x, y, wide, high] = matrix === "w_o" ? [(head * width) / heads, 0, width / heads, height] : [0, (head * height) / heads, width, height / heads];
    [pen.strokeStyle, pen.lineWidth] = [hueAt(head), lit === head ? 2.5 : 1.5];
    pen.strokeRect(x + 1, y + 1, wide - 2, high - 2);
  }
}

function paintMap({ header, values, part }, map, pen, width, height, lit, ink) {
  const [rows, columns] = [header.rows.length, header.columns.length], size = rows * columns, one = map === "one", head = Number(map);
  const weights = one ? values.one : values.maps.subarray(head * size, (head + 1) * size);
  [pen.fillStyle, pen.globalAlpha] = [ink, 0.05];
  pen.fillRect(0, 0, width, height);
  pen.globalAlpha = one || lit === null || lit === head ? 1 : 0.3;
  pen.drawImage(squares(part.blocks, rows, columns, (row, column) => weights[row * columns + column], () => (one ? ink : hueAt(head))), 0, 0, width, height);
  pen.globalAlpha = 1;
}

/** An image of a pixel a number: its hue on the paper, as strong as the number, 0..1. */
function squares(root, rows, columns, strength, hue) {
  const image = new OffscreenCanvas(columns, rows), pen = image.getContext("2d", { willReadFrequently: true }), data = pen.createImageData(columns, rows), known = new Map();
  const paper = rgb(themed(root).paper), colour = (css) => known.get(css) ?? known.set(css, rgb(css)).get(css);
  for (let row = 0; row < rows; row++) for (let column = 0; column < columns; column++) {
    const share = strength(row, column), own = colour(hue(row, column)), at = 4 * (row * columns + column);
    for (let part = 0; part < 3; part++) data.data[at + part] = paper[part] + (own[part] - paper[part]) * share;
    data.data[at + 3] = 255;
  }
  pen.putImageData(data, 0, 0);
  return image;
}
