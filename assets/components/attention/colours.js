// Colours of weights: one way from the paper through the hue of the kind towards the ink.
import { clamp } from "../shared/numbers.js";

const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
const gamma = (c) => (c <= 0.0031308 ? c * 12.92 : 1.055 * c ** (1 / 2.4) - 0.055);

function toOklab(rgb) {
  const [r, g, b] = rgb.map((c) => linear(c / 255));
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s, 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s];
}

function fromOklab([L, a, b]) {
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s, -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s].map((c) => Math.round(255 * gamma(Math.min(1, Math.max(0, c)))));
}

/** Colour between two sRGB colours, mixed in OKLab so that equal steps look equal. */
export function mix(from, to, share) {
  const end = toOklab(to);
  return fromOklab(toOklab(from).map((c, i) => c + (end[i] - c) * share));
}

/** 256 colours for weights 0..1 as little-endian RGBA: from the paper through the hue towards the ink. */
export function colourTable(paper, hue, dark) {
  const low = mix(paper, hue, dark ? 0.1 : 0.05);
  const high = mix(hue, dark ? [255, 255, 255] : [8, 10, 30], dark ? 0.72 : 0.5);
  return Uint32Array.from({ length: 256 }, (_, i) => {
    const t = i / 255;
    const [r, g, b] = t < 0.6 ? mix(low, hue, t / 0.6) : mix(hue, high, (t - 0.6) / 0.4);
    return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
  });
}

export const luminance = ([r, g, b]) => 0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);

/** Place of a weight in the colour table. */
export const shade = (weight) => (clamp(0, weight, 1) * 255 + 0.5) | 0;
