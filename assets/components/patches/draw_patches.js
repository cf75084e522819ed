// The picture, its patches, what they look at and what is painted, drawn with a pen: a canvas or one that writes SVG.
import { surface, themed } from "../shared/canvas.js";
import { rowOf } from "./gaze.js";
import { paintLine, paintPlaces, paintStrips } from "./draw_tokens.js";

const GAP = 8, LETTERS = 26; // px between the maps of heads, and for the words beside them

const PAINTERS = { picture: paintPicture, line: paintLine, look: paintLook, heads: paintHeads, truth: paintOne("image"), shown: paintShown, paint: paintOne("painted"), places: paintPlaces, strips: paintStrips };

// What each picture follows from, beside the numbers, its size and the theme.
const FOLLOWS = { picture: ["token", "step"], line: ["token", "step"], look: ["token", "layer", "head"], heads: ["token", "layer", "head"], truth: [], shown: [], paint: [], places: ["token"], strips: ["token"] };

/** Draws in the next frame, once; a picture whose causes are as they were stays. */
export function repaintAll(view) {
  cancelAnimationFrame(view.frame);
  view.frame = requestAnimationFrame(() => {
    const { ink, paper } = themed(view.part.patches), now = { token: tokenOf(view), step: view.step, layer: view.layer, head: view.head };
    const sizes = Object.keys(PAINTERS).map((name) => [name, view.part[name].clientWidth, view.part[name].clientHeight]);
    for (const [name, width, height] of sizes) {
      const causes = [view.drawn, width, height, devicePixelRatio, ink, paper, view.accent, view.letters, ...FOLLOWS[name].map((cause) => now[cause])].join();
      if (!width || !height || view.painted[name] === causes) continue;
      view.painted[name] = causes;
      paintPart(view, view.part[name], surface(view.part[name], width, height), width, height);
    }
  });
}

export function paintPart(view, canvas, pen, width, height) {
  pen.imageSmoothingEnabled = false;
  PAINTERS[canvas.classList[0]](view, pen, width, height);
}

export const tokenOf = (view) => view.hover ?? view.token;

function paintPicture(view, pen, side) {
  const cell = side / view.across, { ink, paper } = themed(view.part.patches);
  paintSeen(view, pen, 0, 0, side);
  [pen.fillStyle, pen.globalAlpha] = [paper, 0.78];
  for (let token = view.step + 1; token < view.tokens; token++) pen.fillRect(...boxOf(view, token, cell));
  [pen.strokeStyle, pen.lineWidth, pen.globalAlpha] = [paper, 1.5, 0.85];
  for (let at = 1; at < view.across; at++) for (const line of [[at * cell, 0, at * cell, side], [0, at * cell, side, at * cell]]) strokeFrom(pen, line);
  pen.globalAlpha = 1;
  frameToken(view, pen, 0, 0, cell, ink, paper);
}

function strokeFrom(pen, [x, y, right, down]) {
  pen.beginPath();
  pen.moveTo(x, y);
  pen.lineTo(right, down);
  pen.stroke();
}

const boxOf = ({ across }, token, cell, x = 0, y = 0) => [x + ((token - 1) % across) * cell, y + Math.floor((token - 1) / across) * cell, cell, cell];

/** The picture as the model gets it: a hidden patch is a grey square with a line through it. */
function paintSeen(view, pen, x, y, side) {
  const { ink } = themed(view.part.patches), cell = side / view.across;
  for (const token of view.hidden) {
    const [left, top] = boxOf(view, token, cell, x, y);
    [pen.fillStyle, pen.strokeStyle, pen.lineWidth, pen.globalAlpha] = [ink, ink, 1, 0.16];
    pen.fillRect(left, top, cell, cell);
    pen.globalAlpha = 0.35;
    strokeFrom(pen, [left, top + cell, left + cell, top]);
  }
  pen.globalAlpha = 1;
  pen.drawImage(view.images.seen, x, y, side, side);
}

function frameToken(view, pen, x, y, cell, ink, paper, wide = 2.5) {
  const token = tokenOf(view);
  if (!token) return;
  const [left, top] = boxOf(view, token, cell, x, y);
  for (const [colour, width] of [[paper, wide + 2.5], [ink, wide]]) {
    [pen.strokeStyle, pen.lineWidth] = [colour, width];
    pen.strokeRect(left + 1, top + 1, cell - 2, cell - 2);
  }
}

/** The picture below a veil that is thin where that head looks. */
function paintVeiled(view, pen, weights, x, y, side) {
  const { paper } = themed(view.part.patches), cell = side / view.across, top = Math.max(...weights.subarray(1)) || 1;
  paintSeen(view, pen, x, y, side);
  pen.fillStyle = paper;
  for (let token = 1; token < view.tokens; token++) {
    pen.globalAlpha = 0.9 * (1 - weights[token] / top);
    pen.fillRect(...boxOf(view, token, cell, x, y));
  }
  pen.globalAlpha = 1;
}

function paintLook(view, pen, side) {
  const { ink, paper, font } = themed(view.part.patches), cell = side / view.across;
  const weights = rowOf(view.arrays.attention, view.layer, view.head, tokenOf(view));
  paintVeiled(view, pen, weights, 0, 0, side);
  [pen.font, pen.textAlign, pen.textBaseline] = [`600 ${cell > 44 ? 12 : 10}px ${font}`, "right", "middle"];
  for (let token = 1; token < view.tokens; token++) {
    if (weights[token] < 0.01) continue;
    const [left, down] = boxOf(view, token, cell), at = [String(Math.round(100 * weights[token])), left + cell - 5, down + cell - 10];
    [pen.strokeStyle, pen.lineWidth, pen.fillStyle] = [paper, 3, ink];
    pen.strokeText(...at);
    pen.fillText(...at);
  }
  frameToken(view, pen, 0, 0, cell, ink, paper);
}

/** Where the map of each head stands: its side, and the corner of one. */
export function headsOf({ arrays: { attention } }, width, height) {
  const [layers, heads] = attention.shape, side = Math.min((width - LETTERS) / heads, (height - LETTERS) / layers) - GAP;
  return { side, corner: (layer, head) => [LETTERS + head * (side + GAP), LETTERS + layer * (side + GAP)] };
}

export function headAt(view, x, y, width, height) {
  const [layers, heads] = view.arrays.attention.shape, { side } = headsOf(view, width, height);
  const [layer, head] = [Math.floor((y - LETTERS) / (side + GAP)), Math.floor((x - LETTERS) / (side + GAP))];
  return layer >= 0 && head >= 0 && layer < layers && head < heads ? { layer, head } : null;
}

function paintHeads(view, pen, width, height) {
  const { ink, paper, font } = themed(view.part.patches), { side, corner } = headsOf(view, width, height), [layers, heads] = view.arrays.attention.shape;
  for (let layer = 0; layer < layers; layer++) for (let head = 0; head < heads; head++) {
    const [x, y] = corner(layer, head), chosen = layer === view.layer && head === view.head;
    paintVeiled(view, pen, rowOf(view.arrays.attention, layer, head, tokenOf(view)), x, y, side);
    frameToken(view, pen, x, y, side / view.across, ink, paper, 1);
    [pen.strokeStyle, pen.lineWidth, pen.globalAlpha] = [chosen ? view.accent : ink, chosen ? 3 : 1, chosen ? 1 : 0.2];
    pen.strokeRect(x - 0.5, y - 0.5, side + 1, side + 1);
    pen.globalAlpha = 1;
  }
  [pen.fillStyle, pen.font, pen.textAlign, pen.textBaseline] = [ink, `400 12px ${font}`, "center", "middle"];
  for (let head = 0; head < heads; head++) pen.fillText(`head ${head + 1}`, corner(0, head)[0] + side / 2, LETTERS / 2);
  for (let layer = 0; layer < layers; layer++) {
    pen.save();
    pen.translate(LETTERS / 2 - 2, corner(layer, 0)[1] + side / 2);
    pen.rotate(-Math.PI / 2);
    pen.fillText(`layer ${layer + 1}`, 0, 0);
    pen.restore();
  }
}

function paintOne(name) {
  return (view, pen, side) => pen.drawImage(view.images[name], 0, 0, side, side);
}

function paintShown(view, pen, side) {
  paintSeen(view, pen, 0, 0, side);
}
