// The sentence that a picture becomes: thumbnails with their vectors; learned positions; one vector made in two ways.
import { themed } from "../shared/canvas.js";
import { gridFrom } from "./pixels.js";

const GAP_TOKENS = 6, STRIP = 8; // px; rows of a vector below its patch

/** The numbers of one token as an image, made when it is first drawn. */
function gridOf({ grids, arrays, scale }, name, token, columns, most = scale) {
  const { values, shape } = arrays[name], count = shape[1];
  return (grids[`${name}.${token}.${columns}`] ??= gridFrom(values.subarray((token - 1) * count, token * count), columns, most));
}

/** Where the tokens stand: the class token before the first row, patches in rows beside it. */
export function lineOf({ across }, width, height) {
  const columns = across * (width > 520 ? 2 : 1), rows = (across * across) / columns;
  const cell = Math.min(width / (columns + 1) - GAP_TOKENS, (height / rows - GAP_TOKENS) / 1.55);
  const corner = (token) => (token ? [(((token - 1) % columns) + 1) * (cell + GAP_TOKENS), Math.floor((token - 1) / columns) * (1.55 * cell + GAP_TOKENS)] : [0, 0]);
  return { cell, columns, rows, corner };
}

/** The height that the sentence needs at that width. */
export function lineHeight(view, width) {
  const { columns, rows } = lineOf(view, width, Infinity), cell = width / (columns + 1) - GAP_TOKENS;
  return Math.ceil(rows * (1.55 * cell + GAP_TOKENS));
}

export function lineTokenAt(view, x, y, width, height) {
  const { cell, corner } = lineOf(view, width, height);
  for (let token = 0; token < view.tokens; token++) {
    const [left, top] = corner(token);
    if (x >= left && y >= top && x < left + cell + GAP_TOKENS && y < top + 1.55 * cell) return token;
  }
  return null;
}

export function paintLine(view, pen, width, height) {
  const { cell, corner } = lineOf(view, width, height), { ink, font } = themed(view.part.patches), { patch } = view.header;
  const depth = view.arrays.vectors.shape[1], chosen = view.hover ?? view.token;
  for (let token = 0; token < view.tokens; token++) {
    const [x, y] = corner(token), there = token ? token <= view.step : view.step === view.tokens;
    [pen.strokeStyle, pen.lineWidth, pen.globalAlpha] = [ink, 1, there ? 0 : 0.16];
    if (!there) pen.strokeRect(x + 0.5, y + 0.5, cell - 1, cell - 1);
    pen.globalAlpha = 1;
    if (!there) continue;
    if (!token || view.hidden.has(token)) {
      [pen.fillStyle, pen.globalAlpha] = [token ? ink : view.accent, token ? 0.16 : 0.9];
      pen.fillRect(x, y, cell, cell);
      [pen.globalAlpha, pen.fillStyle, pen.font, pen.textAlign, pen.textBaseline] = [1, token ? ink : "#ffffff", `600 ${Math.max(8, cell / 4)}px ${font}`, "center", "middle"];
      pen.fillText(token ? "hidden" : "class", x + cell / 2, y + cell / 2);
    } else {
      const [left, top] = [((token - 1) % view.across) * patch, Math.floor((token - 1) / view.across) * patch];
      pen.drawImage(view.images.image, left, top, patch, patch, x, y, cell, cell);
      pen.drawImage(gridOf(view, "vectors", token, depth / STRIP), x, y + cell + 2, cell, 0.42 * cell);
    }
    if (token === chosen) {
      [pen.strokeStyle, pen.lineWidth] = [ink, 2];
      pen.strokeRect(x + 1, y + 1, cell - 2, cell - 2);
    }
  }
}

/** Each position's likeness to all, a small map where its patch stands. */
export function paintPlaces(view, pen, side) {
  const { across } = view, gap = 4, cell = side / across - gap, { ink } = themed(view.part.patches), count = across * across;
  for (let token = 1; token <= count; token++) {
    const [x, y] = [((token - 1) % across) * (cell + gap), Math.floor((token - 1) / across) * (cell + gap)];
    pen.drawImage(gridOf(view, "positions", token, across, 1), x, y, cell, cell);
    const chosen = token === (view.hover ?? view.token);
    [pen.strokeStyle, pen.lineWidth, pen.globalAlpha] = [ink, chosen ? 2.5 : 1, chosen ? 1 : 0.18];
    pen.strokeRect(x, y, cell, cell);
    pen.globalAlpha = 1;
  }
}

export function placesTokenAt({ across }, x, y, side) {
  const [column, row] = [Math.floor((x / side) * across), Math.floor((y / side) * across)];
  return column >= 0 && row >= 0 && column < across && row < across ? 1 + row * across + column : null;
}

/** The vector of one patch: by the model's layer, and by the convolution that is the same map. */
export function paintStrips(view, pen, width, height) {
  const { vectors, twin } = view.arrays, depth = vectors.shape[1], token = (view.hover ?? view.token) || 1, { ink, font } = themed(view.part.patches);
  const rows = twin ? [["linear layer", "vectors"], ["convolution", "twin"]] : [["small CNN", "vectors"]], high = height / rows.length, words = 96;
  rows.forEach(([name, made], at) => {
    [pen.fillStyle, pen.font, pen.textAlign, pen.textBaseline] = [ink, `400 12px ${font}`, "left", "middle"];
    pen.fillText(name, 0, (at + 0.5) * high);
    pen.drawImage(gridOf(view, made, token, depth), words, at * high + 2, width - words, high - 4);
  });
}
