// The pictures of one query, drawn with a pen: a canvas or one that writes SVG.
import { rgb, surface, themed } from "../shared/canvas.js";
import { signed } from "../shared/numbers.js";
import { stageOf } from "./stage_cam.js";

const NIGHT = [45, 111, 181], SUN = [221, 90, 54], GREYED = 0.5, HEAT = 0.85;

/** Draws in the next frame, once. */
export function repaintCam(view) {
  cancelAnimationFrame(view.frame);
  view.frame = requestAnimationFrame(() => {
    const look = view.header.looks[view.look], { paper } = themed(view.part.gradcam);
    for (const canvas of view.part.canvases) {
      const width = canvas.clientWidth;
      if (!width) continue;
      const { height } = stageOf(look, width);
      canvas.style.height = `${height}px`;
      paintCam(view, canvas, surface(canvas, width, height), width);
    }
    const small = [[view.part.scene, 65, 65, paintScene], ...[...view.part.layers.querySelectorAll("canvas")].map((canvas) => [canvas, canvas.clientWidth, canvas.clientHeight, paintThumb])];
    for (const [canvas, width, height, paint] of small) {
      const causes = [view.drawn, paper, devicePixelRatio, width, height].join();
      if (view.painted.get(canvas) === causes) continue;
      view.painted.set(canvas, causes);
      paint(view, canvas, surface(canvas, width, height), width, height);
    }
  });
}

export function paintCam(view, canvas, pen, width) {
  const query = Number(canvas.dataset.query), look = view.header.looks[view.look], stage = stageOf(look, width), theme = themed(view.part.gradcam);
  const place = view.hover ?? view.place;
  [pen.fillStyle, pen.font, pen.textBaseline, pen.textAlign] = [theme.ink, `600 12px ${theme.font}`, "top", "left"];
  for (const { text, x = 0, y } of stage.labels) pen.fillText(text, x, y + 2);
  for (const box of stage.boxes) {
    if (box.over) paintOver(view, pen, query, box, look);
    else if (box.kind === "weights") paintWeight(view, pen, query, box, look, theme);
    else pen.drawImage(mapOf(view, view.look, box.kind, query, box.slot), box.x, box.y, box.width, box.height);
    pen.globalAlpha = 1;
    [pen.strokeStyle, pen.lineWidth] = box.slot !== null && box.slot === (place?.slot ?? -1) ? [theme.ink, 2] : ["rgba(138, 130, 150, 0.35)", 1];
    if (box.kind !== "weights") pen.strokeRect(box.x + 0.5, box.y + 0.5, box.width - 1, box.height - 1);
    if (place?.cell && box.kind !== "weights") frameCell(pen, box, look.size, place.cell, theme.ink);
  }
}

function frameCell(pen, box, [rows, columns], [row, column], ink) {
  const [wide, high] = [box.width / columns, box.height / rows];
  [pen.strokeStyle, pen.lineWidth] = [ink, 1.5];
  pen.strokeRect(box.x + column * wide, box.y + row * high, wide, high);
}

/** A weight as a bar from the middle, its channel above it and its number below. */
function paintWeight(view, pen, query, box, look, theme) {
  const value = view.read(view.look, "weights", query, box.slot), largest = view.largest(view.look, "weights") || 1, half = box.width / 2;
  [pen.fillStyle, pen.font, pen.textAlign] = [theme.ink, `400 10px ${theme.font}`, "center"];
  pen.fillText(`${look.numbers[query][box.slot] + 1}`, box.x + half, box.y);
  pen.fillStyle = `rgb(${(value < 0 ? NIGHT : SUN).join(",")})`;
  const long = (Math.abs(value) / largest) * half;
  pen.fillRect(value < 0 ? box.x + half - long : box.x + half, box.y + 13, Math.max(1, long), 7);
  pen.fillStyle = theme.ink;
  pen.fillText(signed(value, Math.abs(largest) < 0.01 ? 4 : Math.abs(largest) < 1 ? 3 : 1), box.x + half, box.y + 22);
}

/** The scene in grey, the map over it as it was blended, the outline of the queried emoji, and the hottest point. */
function paintOver(view, pen, query, box, look) {
  pen.drawImage(greyOf(view), box.x, box.y, box.width, box.height);
  pen.imageSmoothingEnabled = true;
  pen.drawImage(heatOf(view, view.look, query), box.x, box.y, box.width, box.height);
  pen.imageSmoothingEnabled = false;
  if (view.header.queries[query].there) outline(view, pen, query, box);
  const hot = look.hottest[query], side = view.header.side;
  if (!hot) return;
  const [x, y] = [box.x + (hot[1] / side) * box.width, box.y + (hot[0] / side) * box.height];
  for (const [wide, colour] of [[5, "#fff"], [2, "#111"]]) {
    [pen.strokeStyle, pen.lineWidth] = [colour, wide];
    pen.beginPath();
    pen.arc(x, y, 8, 0, 2 * Math.PI);
    pen.stroke();
  }
}

function outline(view, pen, query, box) {
  const side = view.header.side, masks = view.arrays.masks.values, at = (row, column) => row >= 0 && column >= 0 && row < side && column < side && masks[(query * side + row) * side + column];
  const unit = box.width / side;
  [pen.strokeStyle, pen.lineWidth] = ["#fff", 1.5];
  pen.beginPath();
  for (let row = 0; row <= side; row++) for (let column = 0; column <= side; column++) {
    const own = Boolean(at(row, column)), [x, y] = [box.x + column * unit, box.y + row * unit];
    if (own !== Boolean(at(row - 1, column))) pen.moveTo(x, y), pen.lineTo(x + unit, y);
    if (own !== Boolean(at(row, column - 1))) pen.moveTo(x, y), pen.lineTo(x, y + unit);
  }
  pen.stroke();
}

/** Both queries' maps of a layer over the scene, small. */
export function paintThumb(view, canvas, pen, width, height) {
  const look = Number(canvas.dataset.look);
  [0, 1].forEach((query) => {
    const x = query * (width - height);
    pen.drawImage(greyOf(view), x, 0, height, height);
    pen.imageSmoothingEnabled = true;
    pen.drawImage(heatOf(view, look, query), x, 0, height, height);
  });
}

/** The picture itself, in its colours. */
export function paintScene(view, canvas, pen) {
  const { side } = view.header, pixels = view.arrays.image.values, size = side * side;
  pen.imageSmoothingEnabled = true;
  pen.drawImage(cached(view, "scene", side, side, (at) => [pixels[at], pixels[size + at], pixels[2 * size + at], 255]), 0, 0, 65, 65);
}

function cached(view, name, width, height, colour) {
  if (view.images[name]) return view.images[name];
  const image = new OffscreenCanvas(width, height), pen = image.getContext("2d"), data = pen.createImageData(width, height);
  for (let at = 0; at < width * height; at++) data.data.set(colour(at), 4 * at);
  pen.putImageData(data, 0, 0);
  return (view.images[name] = image);
}

/** Signed numbers on the paper of the theme, night below 0 and sun above; one scale for all parts of a kind. */
function mapOf(view, look, kind, query, slot) {
  const [rows, columns] = view.header.looks[look].size, largest = view.largest(look, kind) || 1, paper = rgb(themed(view.part.gradcam).paper);
  return cached(view, `${look}.${kind}.${query}.${slot}`, columns, rows, (at) => {
    const value = view.read(look, kind, query, slot, Math.floor(at / columns), at % columns) / largest, hue = value < 0 ? NIGHT : SUN, share = Math.min(1, Math.abs(value));
    return [...paper.map((part, place) => part + (hue[place] - part) * share), 255];
  });
}

/** A map that lets the scene through: as opaque as it is large, of the largest of this query. */
function heatOf(view, look, query) {
  const [rows, columns] = view.header.looks[look].size, cell = (at) => view.read(look, "map", query, null, Math.floor(at / columns), at % columns);
  const largest = Math.max(...Array.from({ length: rows * columns }, (_, at) => cell(at))) || 1;
  return cached(view, `heat.${look}.${query}`, columns, rows, (at) => [...SUN, 255 * HEAT * Math.max(0, cell(at) / largest)]);
}

function greyOf(view) {
  const { side } = view.header, pixels = view.arrays.image.values, size = side * side, paper = rgb(themed(view.part.gradcam).paper);
  return cached(view, "grey", side, side, (at) => {
    const light = 0.3 * pixels[at] + 0.59 * pixels[size + at] + 0.11 * pixels[2 * size + at];
    return [...paper.map((part) => part * (1 - GREYED) * 0.6 + light * (1 - (1 - GREYED) * 0.6)), 255];
  });
}
