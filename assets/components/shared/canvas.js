// A canvas for its device pixels, in the colours of Streamlit's theme.

/** Size a canvas for its device pixels, clear it, and give its context in CSS pixels. */
export function surface(canvas, width, height, ratio = devicePixelRatio || 1) {
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  return pen;
}

let pixel = null;

/** A CSS colour, in whatever notation, as [r, g, b]. */
export function rgb(css) {
  pixel ??= new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  pixel.fillStyle = css;
  pixel.fillRect(0, 0, 1, 1);
  return [...pixel.getImageData(0, 0, 1, 1).data].slice(0, 3);
}

/** Ink, paper and font of the theme that the page has now. */
export function themed(root) {
  const style = getComputedStyle(root);
  const read = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
  return { ink: read("--st-text-color", "#231d33"), paper: read("--st-background-color", "#fdfbf8"), font: style.fontFamily };
}
