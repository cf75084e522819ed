// The channels with the lines between them, and the weight matrix, drawn with a pen: a canvas or one that writes SVG.
import { rgb, surface, themed } from "../shared/canvas.js";
import { hueAt } from "../shared/hues.js";
import { groupOf, pairsOf, reaches } from "./wiring.js";

const NIGHT = [45, 111, 181], SUN = [221, 90, 54];
const LABEL = 12; // px of the names of channels

/** Draws in the next frame, once. */
export function repaint(view) {
  cancelAnimationFrame(view.frame);
  view.frame = requestAnimationFrame(() => {
    for (const [canvas, paint] of [[view.part.wires, paintStage], [view.part.matrix, paintMatrix]]) {
      const { clientWidth: width, clientHeight: height } = canvas;
      if (width && height) paint(view, surface(canvas, width, height), width, height);
    }
  });
}

/** Where the pictures stand: their size, and the corner of each on either side. */
export function stageOf({ inputs, outputs }, width, height) {
  const most = Math.max(inputs.length, outputs.length), names = width < 460 ? 66 : 96, size = Math.max(12, Math.min(height / most - 8, width / 6, 72));
  const column = (count, x) => Array.from({ length: count }, (_, at) => [x, (height / count) * (at + 0.5) - size / 2]);
  return { size, inputs: column(inputs.length, names), outputs: column(outputs.length, width - names - size) };
}

/** The channel at a point of the stage, as a place; null between the columns. */
export function stageAt({ header, part }, x, y) {
  const { clientWidth: width, clientHeight: height } = part.wires, { size, inputs, outputs } = stageOf(header, width, height);
  const row = (count) => Math.min(count - 1, Math.max(0, Math.floor((y / height) * count)));
  if (x <= inputs[0][0] + size) return [null, row(inputs.length)];
  return x >= outputs[0][0] ? [row(outputs.length), null] : null;
}

/** The side of a cell of the matrix, and where its first stands. */
function matrixOf({ inputs, outputs }, width, height) {
  const cell = Math.min(width / inputs.length, height / outputs.length);
  return { cell, left: (width - cell * inputs.length) / 2, top: (height - cell * outputs.length) / 2 };
}

export function matrixAt({ header, part }, x, y) {
  const { cell, left, top } = matrixOf(header, part.matrix.clientWidth, part.matrix.clientHeight);
  const place = [Math.floor((y - top) / cell), Math.floor((x - left) / cell)];
  return header.outputs[place[0]] !== undefined && header.inputs[place[1]] !== undefined ? place : null;
}

export function paintStage(view, pen, width, height) {
  const { header, option, arrays } = view, { inputs, outputs } = header, { groups } = header.options[option];
  const place = view.hover ?? view.place, stage = stageOf(header, width, height), theme = themed(view.part.groups);
  const lit = place && pairsOf(header, groups, place), isLit = (side, channel) => !place || place[1 - side] === channel || lit.some((pair) => pair[1 - side] === channel);
  for (const pair of pairsOf(header, groups)) if (!lit) wire(pen, stage, pair, hueOf(view, pair[0]), 0.5, 1.25);
  if (lit) {
    for (const pair of pairsOf(header, groups)) wire(pen, stage, pair, hueOf(view, pair[0]), 0.12, 1);
    for (const pair of lit) wire(pen, stage, pair, hueOf(view, pair[0]), 1, 2.25);
  }
  const columns = [[inputs, stage.inputs, arrays.inputs.values, 0, (i) => hueAt(groupOf(i, inputs.length, groups))], [outputs, stage.outputs, arrays.outputs.values, option * outputs.length, (o) => hueOf(view, o)]];
  columns.forEach(([names, corners, values, first, hue], side) => names.forEach((name, channel) => {
    const [x, y] = corners[channel];
    pen.globalAlpha = isLit(side, channel) ? 1 : 0.3;
    pen.drawImage(imageOf(view, `${side}.${first + channel}`, values, first + channel), x, y, stage.size, stage.size);
    [pen.strokeStyle, pen.lineWidth] = [hue(channel), place?.[1 - side] === channel ? 3 : 1.5];
    pen.strokeRect(x, y, stage.size, stage.size);
    [pen.fillStyle, pen.font, pen.textBaseline, pen.textAlign] = [theme.ink, `${place?.[1 - side] === channel ? 600 : 400} ${LABEL}px ${theme.font}`, "middle", side ? "left" : "right"];
    pen.fillText(name, side ? x + stage.size + 8 : x - 8, y + stage.size / 2);
  }));
  pen.globalAlpha = 1;
}

const hueOf = ({ header, option }, output) => hueAt(groupOf(output, header.outputs.length, header.options[option].groups));

function wire(pen, { size, inputs, outputs }, [output, input], hue, alpha, wide) {
  const [[x, y], [right, down]] = [inputs[input], outputs[output]], from = x + size + 2, bend = (right - from) * 0.45;
  [pen.strokeStyle, pen.globalAlpha, pen.lineWidth] = [hue, alpha, wide];
  pen.beginPath();
  pen.moveTo(from, y + size / 2);
  pen.bezierCurveTo(from + bend, y + size / 2, right - 2 - bend, down + size / 2, right - 2, down + size / 2);
  pen.stroke();
}

export function paintMatrix(view, pen, width, height) {
  const { header, option, arrays } = view, { inputs, outputs, kernel, scale } = header, { groups } = header.options[option];
  const { cell, left, top } = matrixOf(header, width, height), place = view.hover ?? view.place, { ink } = themed(view.part.groups);
  const gap = Math.max(1, cell * 0.07), dot = (cell - 2 * gap) / kernel;
  outputs.forEach((_, output) => inputs.forEach((_, input) => {
    const [x, y] = [left + input * cell + gap, top + output * cell + gap];
    pen.globalAlpha = 1;
    [pen.fillStyle, pen.globalAlpha] = [ink, 0.05];
    pen.fillRect(x, y, cell - 2 * gap, cell - 2 * gap);
    if (!reaches(header, groups, output, input)) return;
    const faded = place && ((place[0] !== null && place[0] !== output) || (place[1] !== null && place[1] !== input));
    for (let at = 0; at < kernel ** 2; at++) {
      const weight = arrays.weights.values[(output * inputs.length + input) * kernel ** 2 + at] / scale;
      [pen.fillStyle, pen.globalAlpha] = [`rgb(${(weight < 0 ? NIGHT : SUN).join(",")})`, Math.min(1, Math.abs(weight)) * (faded ? 0.25 : 1)];
      pen.fillRect(x + (at % kernel) * dot, y + Math.floor(at / kernel) * dot, dot, dot);
    }
  }));
  pen.globalAlpha = 1;
  for (let group = 0; group < groups; group++) {
    const [wide, high] = [(cell * inputs.length) / groups, (cell * outputs.length) / groups];
    [pen.strokeStyle, pen.lineWidth] = [hueAt(group), 2];
    pen.strokeRect(left + group * wide + 1, top + group * high + 1, wide - 2, high - 2);
  }
  if (place) frame(pen, place, header, { cell, left, top }, ink);
}

/** What is pointed at, framed: a row, a column or one cell. */
function frame(pen, [output, input], { inputs, outputs }, { cell, left, top }, ink) {
  const [row, rows] = output === null ? [0, outputs.length] : [output, 1], [column, columns] = input === null ? [0, inputs.length] : [input, 1];
  [pen.strokeStyle, pen.lineWidth] = [ink, 1.5];
  pen.strokeRect(left + column * cell + 0.75, top + row * cell + 0.75, columns * cell - 1.5, rows * cell - 1.5);
}

/** The picture of one channel, a pixel a number: 128 is nothing, below it night, above it sun, on the paper of the theme. */
function imageOf(view, name, values, channel) {
  if (view.images[name]) return view.images[name];
  const [height, width] = view.header.size, size = height * width, image = new OffscreenCanvas(width, height), pen = image.getContext("2d");
  const paper = rgb(themed(view.part.groups).paper), data = pen.createImageData(width, height);
  for (let at = 0; at < size; at++) {
    const value = (values[channel * size + at] - 128) / 127, hue = value < 0 ? NIGHT : SUN, share = Math.min(1, Math.abs(value));
    for (let part = 0; part < 3; part++) data.data[4 * at + part] = paper[part] + (hue[part] - paper[part]) * share;
    data.data[4 * at + 3] = 255;
  }
  pen.putImageData(data, 0, 0);
  return (view.images[name] = image);
}
