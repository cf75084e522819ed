// Colours: queries, keys and values have a hue each, weights that of their kind, all else runs from night to sun.
import { colourTable, luminance } from "../attention/colours.js";
import { rgb } from "../shared/canvas.js";

const HUES = { q: "query", w_q: "query", b_q: "query", k: "key", w_k: "key", b_k: "key", v: "value", w_v: "value", b_v: "value",
  dots: "kind", scores: "kind", allowed: "kind", masked: "kind", largest: "kind", exp: "kind", total: "kind", weights: "kind" };

/** The name of a tensor's hue: query, key, value, kind or sun. */
export const hueOf = (name) => HUES[name] ?? (name.startsWith("head_") ? "value" : "sun");

/** Two tables of colours for each hue, for numbers above and below 0, in the theme of the page. */
export function readHues(root) {
  const style = getComputedStyle(root), read = (name) => rgb(style.getPropertyValue(name).trim());
  const paper = read("--paper"), ink = read("--ink"), dark = luminance(paper) < 0.2;
  const tables = {};
  for (const hue of ["query", "key", "value", "kind", "sun"]) {
    const below = hue === "sun" ? "--night" : "--below";
    tables[hue] = [colourTable(paper, read(`--${hue}`), dark), colourTable(paper, read(below), dark)];
  }
  const css = (colour, alpha = 1) => `rgb(${colour.join(" ")} / ${alpha})`;
  return { paper, ink, dark, tables, css, font: style.fontFamily };
}
