// What all components share. Run by tests/components/test_in_node.py, or: node --test tests/components/
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeHalves, halfToFloat, unpack } from "../../assets/components/shared/blob.js";
import { refill } from "../../assets/components/shared/dom.js";
import { clamp, grouped, signed, sized } from "../../assets/components/shared/numbers.js";

/** A blob as docs/architecture.md describes it, written by hand: each array is [dtype, shape, how a number is set, numbers]. */
function blob(header, given) {
  const sizes = { setUint8: 1, setUint16: 2, setUint32: 4, setFloat32: 4 }, arrays = {}, places = [];
  let offset = 0;
  for (const [name, [dtype, shape, set, numbers]] of Object.entries(given)) {
    arrays[name] = { dtype, shape, offset };
    numbers.forEach((number, i) => places.push([set, offset + i * sizes[set], number]));
    offset += Math.ceil((numbers.length * sizes[set]) / 8) * 8;
  }
  const text = new TextEncoder().encode(JSON.stringify({ ...header, arrays }));
  const start = Math.ceil((4 + text.length) / 8) * 8;
  const bytes = new Uint8Array(start + offset), view = new DataView(bytes.buffer);
  view.setUint32(0, text.length, true);
  bytes.set(text, 4);
  for (const [set, place, number] of places) view[set](start + place, number, true);
  return bytes;
}

test("unpack finds header and arrays of every type, at any place in a buffer", () => {
  const bytes = blob({ src: ["è", "👩‍👩‍👧"] }, {
    cross: ["float16", [1, 2], "setUint16", [0x3c00, 0x3800]],
    points: ["float32", [3], "setFloat32", [1.5, NaN, 0.25]],
    taken: ["uint32", [1], "setUint32", [70000]],
    kind: ["uint8", [3], "setUint8", [7, 8, 255]],
  });
  for (const shift of [0, 1, 2, 4, 7]) {
    const buffer = new Uint8Array(bytes.length + shift);
    buffer.set(bytes, shift);
    const { header, arrays } = unpack(buffer.subarray(shift), "float16", "float32", "uint32", "uint8");
    assert.deepEqual(header.src, ["è", "👩‍👩‍👧"]);
    assert.deepEqual(arrays.cross.shape, [1, 2]);
    assert.deepEqual([...decodeHalves(arrays.cross.values)], [1, 0.5]);
    assert.deepEqual([...arrays.points.values], [1.5, NaN, 0.25]);
    assert.deepEqual([...arrays.taken.values], [70000]);
    assert.deepEqual([...arrays.kind.values], [7, 8, 255]);
  }
});

test("unpack refuses a type that its view does not read", () => {
  const bytes = blob({}, { cross: ["uint8", [1], "setUint8", [0]] });
  assert.throws(() => unpack(bytes, "float16"), /cross is uint8, expected float16/);
});

test("halves are decoded as IEEE says", () => {
  const cases = [[0x0000, 0], [0x3c00, 1], [0xc000, -2], [0x7bff, 65504], [0x0001, 2 ** -24], [0x0400, 2 ** -14], [0x3555, 0.333251953125], [0x7c00, Infinity]];
  for (const [bits, value] of cases) assert.equal(halfToFloat(bits), value);
  assert.ok(Number.isNaN(halfToFloat(0x7e00)));
});

test("numbers are written with true signs, thousands in groups", () => {
  assert.deepEqual([signed(-0.0412, 3, "+"), signed(0.3, 1, "+"), signed(0.3, 1), signed(-2.071, 2)], ["−0.041", "+0.3", "0.3", "−2.07"]);
  assert.deepEqual([sized(999999, 0), sized(3.95e8, 2), sized(1.36e37, 3), sized(Infinity, 2), sized(NaN, 2), signed(-2e6, 1)], ["999999", "4.0·10⁸", "1.4·10³⁷", "∞", "NaN", "−2.0·10⁶"]);
  assert.deepEqual([0, 999, 8000, 77046, 123456, 1234567].map(grouped), ["0", "999", "8,000", "77,046", "123,456", "1,234,567"]);
});

test("clamp stays between its ends", () => {
  assert.deepEqual([-1, 0, 3, 9].map((value) => clamp(0, value, 3)), [0, 0, 3, 3]);
});

/** As much of an element as refill() needs. */
class Parent {
  childNodes = [];
  get lastChild() { return this.childNodes.at(-1); }
  node(name) {
    const drop = (...put) => { this.childNodes.splice(this.childNodes.indexOf(made), 1, ...put); };
    const made = { name, remove: () => drop(), replaceWith: drop };
    return made;
  }
  append(node) { this.childNodes.push(node); }
  replaceChildren() { this.childNodes = []; }
}

test("refill makes what is new, keeps what stood there, and takes away the rest", () => {
  const parent = new Parent(), made = [];
  parent.append(parent.node("from the page"));
  const fill = (...names) => {
    refill(parent, names, (place) => { made.push(names[place]); return parent.node(names[place]); });
    assert.deepEqual(parent.childNodes.map((node) => node.name), names);
    return parent.childNodes;
  };
  const [the] = fill("the", "sun", "the");
  assert.equal(fill("the", "sunrise", "the", "!")[0], the);
  assert.deepEqual(made, ["the", "sun", "the", "sunrise", "!"]);
  fill("a");
  fill();
  fill("the");
  assert.deepEqual(made.slice(5), ["a", "the"]);
});
