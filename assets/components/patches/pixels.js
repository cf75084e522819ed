// Pictures of bytes as canvases, and colours of numbers.

export const NIGHT = [45, 111, 181], SUN = [221, 90, 54];

/** values: channels, rows, columns, a byte each. `gone` are places of patches that stay clear. */
export function imageFrom({ shape: [, height, width], values }, gone = new Set(), patch = 1) {
  const image = new OffscreenCanvas(width, height), pen = image.getContext("2d"), data = pen.createImageData(width, height), size = width * height;
  for (let at = 0; at < size; at++) {
    for (let part = 0; part < 3; part++) data.data[4 * at + part] = values[part * size + at];
    const token = 1 + Math.floor(at / width / patch) * (width / patch) + Math.floor((at % width) / patch);
    data.data[4 * at + 3] = gone.has(token) ? 0 : 255;
  }
  pen.putImageData(data, 0, 0);
  return image;
}

/** A grid of numbers as an image, a pixel each: 0 is clear, below it night, above it sun, as opaque as it is large beside `scale`. */
export function gridFrom(values, columns, scale) {
  const rows = Math.ceil(values.length / columns), image = new OffscreenCanvas(columns, rows), pen = image.getContext("2d"), data = pen.createImageData(columns, rows);
  values.forEach((value, at) => data.data.set([...(value < 0 ? NIGHT : SUN), 255 * Math.min(1, Math.abs(value) / scale)], 4 * at));
  pen.putImageData(data, 0, 0);
  return image;
}
