// A pen that writes SVG: what draws on a canvas draws the same picture with it, in lines and letters.

const escaped = (text) => String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const short = (number) => String(Math.round(number * 100) / 100);

/** A colour of CSS as SVG's older readers know it: [rgb(r,g,b), opacity]. */
export function colourOf(css) {
  const [r, g, b, alpha = 1] = css.match(/[\d.]+/g).map(Number);
  return [`rgb(${r},${g},${b})`, alpha];
}

const KEPT = ["strokeStyle", "fillStyle", "lineWidth", "font", "textAlign", "textBaseline", "turned", "clipped"];
const ANCHORS = { left: "start", center: "middle", right: "end" };

/** As much of a canvas context as our pictures use. `ruler` is a real one: it knows how wide a text is. */
export class Vector {
  constructor(width, height, ruler) {
    Object.assign(this, { width, height, ruler, parts: [], path: "", box: null, stack: [], clips: 0, turned: "", clipped: "" });
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

  clip() {
    const [x, y, width, height] = this.box, name = `clip-${(this.clips += 1)}`;
    this.parts.push(`<clipPath id="${name}"><rect x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}"/></clipPath>`);
    this.clipped = name;
  }

  stroke() { if (this.path) this.add("path", { d: this.path, fill: "none", ...this.pen() }); }
  strokeRect(x, y, width, height) { this.add("rect", { ...sides(x, y, width, height), fill: "none", ...this.pen() }); }
  fillRect(x, y, width, height) { this.add("rect", { ...sides(x, y, width, height), ...this.ink() }); }

  measureText(text) {
    this.ruler.font = this.font;
    return this.ruler.measureText(text);
  }

  fillText(text, x, y) {
    const [, weight = "400", size, family] = this.font.match(/^(?:(\d+) )?([\d.]+)px (.*)$/);
    this.add("text", { x: short(x), y: short(y), "font-size": size, "font-weight": weight, "font-family": family, "text-anchor": ANCHORS[this.textAlign],
      "dominant-baseline": "central", "xml:space": "preserve", ...this.ink() }, escaped(text));
  }

  /** A picture of pixels as squares; what is clear is left out. */
  drawImage(image, x, y, width, height) {
    const { data } = image.getContext("2d").getImageData(0, 0, image.width, image.height);
    const [wide, high] = [width / image.width, height / image.height];
    for (let i = 0; i < image.height; i++) for (let j = 0; j < image.width; j++) {
      const [r, g, b, alpha] = data.subarray(4 * (i * image.width + j));
      if (alpha) this.add("rect", { ...sides(x + j * wide, y + i * high, wide, high), fill: `rgb(${r},${g},${b})` });
    }
  }

  pen() {
    const [stroke, opacity] = colourOf(this.strokeStyle);
    return { stroke, "stroke-opacity": opacity, "stroke-width": short(this.lineWidth) };
  }

  ink() {
    const [fill, opacity] = colourOf(this.fillStyle);
    return { fill, "fill-opacity": opacity };
  }

  add(tag, attributes, content = "") {
    const all = { ...attributes, ...(this.turned && { transform: this.turned }), ...(this.clipped && { "clip-path": `url(#${this.clipped})` }) };
    const written = Object.entries(all).map(([name, value]) => ` ${name}="${escaped(value)}"`).join("");
    this.parts.push(content ? `<${tag}${written}>${content}</${tag}>` : `<${tag}${written}/>`);
  }

  /** The whole picture on `paper`, with a title and a description for those who open it elsewhere. */
  svg(paper, title, description) {
    const size = `width="${short(this.width)}" height="${short(this.height)}"`;
    return [`<svg xmlns="http://www.w3.org/2000/svg" ${size} viewBox="0 0 ${short(this.width)} ${short(this.height)}">`, `<title>${escaped(title)}</title>`,
      `<desc>${escaped(description)}</desc>`, `<rect ${size} fill="${colourOf(paper)[0]}"/>`, ...this.parts, "</svg>\n"].join("\n");
  }
}

const sides = (x, y, width, height) => ({ x: short(x), y: short(y), width: short(width), height: short(height) });
