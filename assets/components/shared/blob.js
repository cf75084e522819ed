// What pack() in pages/ui/components.py wrote, read back.

const TYPES = { float16: Uint16Array, float32: Float32Array, uint32: Uint32Array, uint8: Uint8Array };

/** Header and arrays, name -> { shape, values }, of a blob of bytes. Halves stay the 16 bits that they are: see
 * decodeHalves. Throws where an array is of another type than `expected`. */
export function unpack(bytes, ...expected) {
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const start = Math.ceil((4 + length) / 8) * 8;
  const aligned = bytes.byteOffset % 8 ? bytes.slice() : bytes;
  const arrays = {};
  for (const [name, { dtype, shape, offset }] of Object.entries(header.arrays)) {
    if (!expected.includes(dtype)) throw new Error(`${name} is ${dtype}, expected ${expected.join(" or ")}`);
    const size = shape.reduce((product, n) => product * n, 1);
    arrays[name] = { shape, values: new TYPES[dtype](aligned.buffer, aligned.byteOffset + start + offset, size) };
  }
  return { header, arrays };
}

/** One IEEE half, given as its 16 bits, as a number. */
export function halfToFloat(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : fraction * 2 ** -24);
}

let halfTable = null;

/** Float32 copy of an array of half bits; a table of the halves from 0 to 1 where the browser has no Float16Array. */
export function decodeHalves(halves) {
  if (globalThis.Float16Array) return new Float32Array(new Float16Array(halves.buffer, halves.byteOffset, halves.length));
  halfTable ??= Float32Array.from({ length: 0x3c01 }, (_, bits) => halfToFloat(bits));
  return Float32Array.from(halves, (bits) => (bits < halfTable.length ? halfTable[bits] : halfToFloat(bits)));
}
