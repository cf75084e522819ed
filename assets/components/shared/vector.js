// A pen that writes SVG: what draws on a canvas draws the same picture with it, in lines and letters.

const escaped = (text) => String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const short = (number) => String(Math.round(number * 100) / 100);

/** A colour of CSS as SVG's older readers know it: [rgb(r,g,b), opacity]. Knows rgb(), color(srgb …), which is what mixed colours
 * compute to, #rrggbb and #rgb. */
export function colourOf(css) {
  const digits = css.startsWith("#") && (css.length === 4 ? css.replace(/[^#]/g, "$&$&") : css);
  if (digits) return [`rgb(${[1, 3, 5].map((at) => parseInt(digits.slice(at, at + 2), 16)).join()})`, 1];
  const mixed = css.startsWith("color(srgb"), [r, g, b, alpha = 1] = css.match(/-?[\d.]+(?:e-?\d+)?/g).map(Number);
  return [`rgb(${[r, g, b].map((part) => (mixed ? Math.round(255 * part) : part)).join()})`, alpha];
}

export const clear = (css) => css === "transparent" || colourOf(css)[1] === 0;

const KEPT = ["strokeStyle", "fillStyle", "lineWidth", "font", "textAlign", "textBaseline", "globalAlpha", "dash", "turned", "clipped"];
const MOST_SQUARES = 4096;
const ANCHORS = { left: "start", center: "middle", right: "end" };

/** As much of a canvas context as our pictures use. `ruler` is a real one: it knows how wide a text is. */
export class Vector {
  constructor(width, height, ruler) {
    Object.assign(this, { width, height, ruler, parts: [], path: "", box: null, stack: [], clips: 0, globalAlpha: 1, dash: [], turned: "", clipped: "" });
    Object.assign(this, { strokeStyle: "rgb(0 0 0)", fillStyle: "rgb(0 0 0)", lineWidth: 1, font: "12px sans-serif", textAlign: "left", textBaseline: "middle" });
  }

  save() { this.stack.push(Object.fromEntries(KEPT.map((name) => [name, this[name]]))); }
  restore() { Object.assign(this, this.stack.pop()); }
  translate(x, y) { this.turned += `translate(${short(x)} ${short(y)})`; }
  rotate(angle) { this.turned += `rotate(${short((angle * 180) / Math.PI)})`; }
  beginPath() { this.path = ""; this.box = null; }
  moveTo(x, y) { this.path += `M${short(x)} ${short(y)}`; }
  lineTo(x, y) { this.path += `L${short(x)} ${short(y)}`; }
  bezierCurveTo(...places) { this.path += `C${places.map(short).join(" ")}`; }
  rect(...box) { this.box = box; }

  /** A whole circle: our pictures have no other arcs. */
  arc(x, y, radius) {
    const half = (to) => `A${short(radius)} ${short(radius)} 0 1 1 ${short(to)} ${short(y)}`;
    this.path += `M${short(x + radius)} ${short(y)}${half(x - radius)}${half(x + radius)}`;
  }

  clip() {
    const [x, y, width, height] = this.box, name = `clip-${(this.clips += 1)}`;
    const turned = this.turned && ` transform="${this.turned}"`;
    this.parts.push(`<clipPath id="${name}"><rect x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}"${turned}/></clipPath>`);
    this.clipped = name;
  }

  setLineDash(dash) { this.dash = dash; }
  stroke() { if (this.path) this.add("path", { d: this.path, fill: "none", ...this.pen() }); }
  fill() { if (this.path) this.add("path", { d: this.path, ...this.ink() }); }
  strokeRect(x, y, width, height) { this.add("rect", { ...sides(x, y, width, height), fill: "none", ...this.pen() }); }
  fillRect(x, y, width, height) { this.add("rect", { ...sides(x, y, width, height), ...this.ink() }); }

  measureText(text) {
    this.ruler.font = this.font;
    return this.ruler.measureText(text);
  }

  /** `room` is the width that the text has, whatever font draws it elsewhere. */
  fillText(text, x, y, room) { this.letter(text, x, y, { ...(room && { textLength: short(room), lengthAdjust: "spacingAndGlyphs" }), ...this.ink() }); }
  strokeText(text, x, y) { this.letter(text, x, y, { fill: "none", "stroke-linejoin": "round", ...this.pen() }); }

  letter(text, x, y, look) {
    const [, weight = "400", size, family] = this.font.match(/^(?:(\d+) )?([\d.]+)px (.*)$/);
    this.add("text", { x: short(x), y: short(y), "font-size": size, "font-weight": weight, "font-family": family, "text-anchor": ANCHORS[this.textAlign],
      "dominant-baseline": "central", "xml:space": "preserve", ...look }, escaped(text));
  }

  /** A picture of pixels, or a part of it: as squares, of which the clear ones are left out, or as pixels where they are too many. */
  drawImage(image, ...places) {
    const [from, [x, y, width, height]] = places.length > 4 ? [places.slice(0, 4).map(Math.round), places.slice(4)] : [[0, 0, image.width, image.height], places];
    if (from[2] * from[3] > MOST_SQUARES) return this.add("image", { ...sides(x, y, width, height), href: cutOut(image, from), preserveAspectRatio: "none", style: "image-rendering: pixelated" });
    const { data } = image.getContext("2d").getImageData(...from);
    const [wide, high] = [width / from[2], height / from[3]];
    for (let i = 0; i < from[3]; i++) for (let j = 0; j < from[2]; j++) {
      const [r, g, b, alpha] = data.subarray(4 * (i * from[2] + j));
      const opacity = (this.globalAlpha * alpha) / 255;
      if (alpha) this.add("rect", { ...sides(x + j * wide, y + i * high, wide, high), fill: `rgb(${r},${g},${b})`, ...(opacity < 1 && { "fill-opacity": short(opacity) }) });
    }
  }

  pen() {
    const [stroke, opacity] = colourOf(this.strokeStyle);
    return { stroke, "stroke-opacity": opacity * this.globalAlpha, "stroke-width": short(this.lineWidth), ...(this.dash.length && { "stroke-dasharray": this.dash.join(" ") }) };
  }

  ink() {
    const [fill, opacity] = colourOf(this.fillStyle);
    return { fill, "fill-opacity": opacity * this.globalAlpha };
  }

  add(tag, attributes, content = "") {
    const all = { ...attributes, ...(this.turned && { transform: this.turned }) };
    const written = Object.entries(all).map(([name, value]) => ` ${name}="${escaped(value)}"`).join("");
    const made = content ? `<${tag}${written}>${content}</${tag}>` : `<${tag}${written}/>`;
    this.parts.push(this.clipped ? `<g clip-path="url(#${this.clipped})">${made}</g>` : made); // it was cut where the pen stood then
  }

  /** The whole picture on `paper`, with a title and a description for those who open it elsewhere. */
  svg(paper, title, description) {
    const size = `width="${short(this.width)}" height="${short(this.height)}"`;
    return [`<svg xmlns="http://www.w3.org/2000/svg" ${size} viewBox="0 0 ${short(this.width)} ${short(this.height)}">`, `<title>${escaped(title)}</title>`,
      `<desc>${escaped(description)}</desc>`, `<rect ${size} fill="${colourOf(paper)[0]}"/>`, ...this.parts, "</svg>\n"].join("\n");
  }
}

const sides = (x, y, width, height) => ({ x: short(x), y: short(y), width: short(width), height: short(height) });

function cutOut(image, [x, y, width, height]) {
  const part = Object.assign(document.createElement("canvas"), { width, height });
  part.getContext("2d").drawImage(image, x, y, width, height, 0, 0, width, height);
  return part.toDataURL();
}
