// A picture of elements as they are seen: letters, colours, lines and canvases, drawn with a pen, be it a canvas or one that
// writes SVG.
import { Vector, clear, colourOf } from "./vector.js";

const MARGIN = 20;
const LEFT_OUT = ".unseen, .save, .tools, .sized, .release, .hint, .take, .pointer-tip, script, style";

/** `root` as SVG, with a title and a line that says where its numbers come from. `paint(element, pen, width, height)` draws
 * a canvas or an input again; without it a canvas is copied. */
export function svgOf(root, title, about, paint) {
  return unscrolled(root, (width, height, paper) => {
    const pen = new Vector(width, height, new OffscreenCanvas(1, 1).getContext("2d"));
    portray(root, pen, paint);
    return pen.svg(paper, title, about);
  });
}

/** `root` as a PNG with the pixels of this screen: a promise of a Blob. */
export function pngOf(root, paint) {
  return unscrolled(root, (width, height, paper) => {
    const ratio = devicePixelRatio || 1, canvas = new OffscreenCanvas(Math.ceil(width * ratio), Math.ceil(height * ratio));
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    pen.fillStyle = paper;
    pen.fillRect(0, 0, width, height);
    portray(root, pen, paint);
    return canvas.convertToBlob({ type: "image/png" });
  });
}

/** Lays `root` out with nothing scrolled away while `draw` looks at it; nobody sees this, for no frame is painted meanwhile. */
function unscrolled(root, draw) {
  root.classList.add("whole");
  try {
    const box = root.getBoundingClientRect();
    return draw(Math.max(box.width, root.scrollWidth) + 2 * MARGIN, box.height + 2 * MARGIN, getComputedStyle(root).getPropertyValue("--paper").trim() || "#fff");
  } finally {
    root.classList.remove("whole");
  }
}

function portray(root, pen, paint = (canvas, to, width, height) => to.drawImage(canvas, 0, 0, width, height)) {
  const from = root.getBoundingClientRect();
  const placed = (box) => ({ x: box.left - from.left + MARGIN, y: box.top - from.top + MARGIN, width: box.width, height: box.height });
  const visit = (element, frame) => {
    const style = getComputedStyle(element);
    if (style.display === "none" || style.visibility === "hidden" || style.opacity === "0" || element.matches(LEFT_OUT)) return;
    const inline = style.display === "inline" && !element.matches("canvas, input");
    const box = placed(element.getBoundingClientRect()), alpha = pen.globalAlpha;
    pen.globalAlpha = alpha * Number(style.opacity);
    for (const part of inline ? [...element.getClientRects()].map(placed) : [box]) if (part.width && part.height) paintGround(pen, part, style);
    if (element.matches("canvas, input")) shifted(pen, box, () => paint(element, pen, box.width, box.height));
    if (element.matches("select")) writeLetters(pen, element.selectedOptions[0]?.text ?? "", style, { ...box, x: box.x + 10, width: undefined });
    const within = /hidden|clip/.test(style.overflowX) ? box : frame;
    for (const child of element.childNodes) {
      if (child.nodeType === Node.ELEMENT_NODE) visit(child, within);
      else if (child.nodeType === Node.TEXT_NODE) eachWord(child, (part) => writeWord(pen, part, style, placed, within));
    }
    pen.globalAlpha = alpha;
  };
  visit(root, null);
}

function shifted(pen, { x, y }, draw) {
  pen.save();
  pen.translate(x, y);
  draw();
  pen.restore();
}

/** Its colour, its hatching and its lines. */
function paintGround(pen, { x, y, width, height }, style) {
  if (!clear(style.backgroundColor)) {
    const inset = style.backgroundClip === "padding-box" ? parseFloat(style.borderLeftWidth) : 0;
    pen.fillStyle = style.backgroundColor;
    pen.fillRect(x + inset, y, width - inset, height);
  }
  const ramp = style.backgroundImage.match(/^linear-gradient\(90deg, (.+)\)$/);
  if (ramp) paintRamp(pen, { x, y, width, height }, ramp[1].match(/(?:rgba?|color)\([^)]*\)/g).map(colourOf));
  if (style.backgroundImage.startsWith("repeating-linear-gradient")) paintHatching(pen, x, y, width, height, style.color);
  for (const [side, ...place] of [["Top", x, y, width, 0], ["Bottom", x, y + height, width, 0], ["Left", x, y, 0, height], ["Right", x + width, y, 0, height]]) {
    const [wide, colour] = [parseFloat(style[`border${side}Width`]), style[`border${side}Color`]];
    if (wide && style[`border${side}Style`] !== "none" && !clear(colour)) strokeLine(pen, place, wide, colour);
  }
  const ring = style.boxShadow.match(/^(.+\)) 0px 0px 0px ([\d.]+)px$/);
  if (!ring) return;
  [pen.strokeStyle, pen.lineWidth] = [ring[1], Number(ring[2])];
  pen.strokeRect(x - ring[2] / 2, y - ring[2] / 2, width + Number(ring[2]), height + Number(ring[2]));
}

/** A gradient from left to right in strips; `colours` are evenly apart. A clear end has the colour of its neighbour. */
function paintRamp(pen, { x, y, width, height }, colours, strips = 48) {
  const parts = colours.map(([css, alpha], at) => [...(alpha ? css : colours[at ? at - 1 : 1][0]).match(/[\d.]+/g).map(Number), alpha]);
  for (let strip = 0; strip < strips; strip++) {
    const place = (strip / (strips - 1)) * (parts.length - 1), left = Math.min(Math.floor(place), parts.length - 2);
    const [r, g, b, alpha] = parts[left].map((value, at) => value + (place - left) * (parts[left + 1][at] - value));
    pen.fillStyle = `rgb(${[r, g, b].map(Math.round).join(" ")} / ${alpha})`;
    pen.fillRect(x + (strip * width) / strips, y, width / strips, height);
  }
}

function strokeLine(pen, [x, y, across, down], wide, colour) {
  [pen.strokeStyle, pen.lineWidth] = [colour, wide];
  pen.beginPath();
  pen.moveTo(x, y);
  pen.lineTo(x + across, y + down);
  pen.stroke();
}

function paintHatching(pen, x, y, width, height, colour) {
  shifted(pen, { x, y }, () => {
    pen.beginPath();
    pen.rect(0, 0, width, height);
    pen.clip();
    [pen.strokeStyle, pen.lineWidth] = [colour, 0.4];
    pen.beginPath();
    for (let d = -height; d < width; d += 6) {
      pen.moveTo(d, height);
      pen.lineTo(d + height, 0);
    }
    pen.stroke();
  });
}

/** Word by word, because a line may break between any two of them. */
function eachWord(node, tell) {
  const range = document.createRange();
  for (const { 0: text, index } of node.data.matchAll(/\S+/g)) {
    range.setStart(node, index);
    range.setEnd(node, index + text.length);
    tell({ text, box: range.getBoundingClientRect() });
  }
}

function writeWord(pen, { text, box: place }, style, placed, frame) {
  const box = placed(place);
  if (!box.width || !box.height) return;
  const cut = frame && (box.x + box.width > frame.x + frame.width + 1 || box.y + box.height > frame.y + frame.height + 1 || box.y < frame.y - 1);
  if (!cut) return writeLetters(pen, text, style, box);
  pen.save();
  pen.beginPath();
  pen.rect(frame.x, frame.y, frame.width, frame.height);
  pen.clip();
  writeLetters(pen, text, style, box);
  pen.restore();
}

function writeLetters(pen, text, style, { x, y, width, height }) {
  pen.fillStyle = style.color;
  pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  [pen.textAlign, pen.textBaseline] = ["left", "middle"];
  if (!style.writingMode.startsWith("vertical")) return pen.fillText(text, x, y + height / 2, width);
  shifted(pen, { x: x + width / 2, y: y + height }, () => {
    pen.rotate(-Math.PI / 2);
    pen.fillText(text, 0, 0, height);
  });
}
