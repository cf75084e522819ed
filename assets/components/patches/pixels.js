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

/** A grid of numbers, -1..1, as fillRects: 0 is the paper, below it night, above it sun. */
export function paintGrid(pen, values, columns, scale, [x, y, width, height]) {
  const rows = Math.ceil(values.length / columns), [wide, high] = [width / columns, height / rows];
  values.forEach((value, at) => {
    pen.fillStyle = `rgb(${(value < 0 ? NIGHT : SUN).join(",")})`;
    pen.globalAlpha = Math.min(1, Math.abs(value) / scale);
    pen.fillRect(x + (at % columns) * wide, y + Math.floor(at / columns) * high, wide, high);
  });
  pen.globalAlpha = 1;
}
