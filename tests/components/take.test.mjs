// What is taken away from the attention view. Run by tests/components/test_in_node.py, or: node --test tests/components/
import assert from "node:assert/strict";
import { test } from "node:test";
import { csv } from "../../assets/components/attention/take.js";
import { Vector, colourOf } from "../../assets/components/shared/vector.js";

const piece = (text) => [[text, false]];

test("the numbers of a head are a line a cell, without what is masked or left out", () => {
  const weights = [[1, 0, 0], [0.25, 0.75, 0], [0.1, 0.2, 0.70004]];
  const head = { rows: ['a"', "b,", "c"].map(piece), cols: ['a"', "b,", "c"].map(piece), w: (i, j) => weights[i][j], causal: true, strong: (i, j) => !(i === 2 && j === 0) };
  assert.equal(csv(head, "tiny · step 3"), ["# tiny · step 3", "row,row_token,column,column_token,weight", '0,"a""",0,"a""",1', '1,"b,",0,"a""",0.25', '1,"b,",1,"b,",0.75',
    '2,"c",1,"b,",0.2', '2,"c",2,"c",0.7', ""].join("\n"));
});

test("colours are told in the way that older readers know", () => {
  assert.deepEqual(colourOf("rgb(1 2 3 / 0.25)"), ["rgb(1,2,3)", 0.25]);
  assert.deepEqual(colourOf("rgb(255 255 255 / .94)"), ["rgb(255,255,255)", 0.94]);
  assert.deepEqual(colourOf("rgb(9, 8, 7)"), ["rgb(9,8,7)", 1]);
});

test("what is drawn becomes SVG, and a text stays a text", () => {
  const ruler = { font: "", measureText: (text) => ({ width: text.length * (ruler.font.startsWith("600") ? 10 : 5) }) };
  const pen = new Vector(40, 20, ruler);
  pen.font = "600 13px Figtree, sans-serif";
  assert.equal(pen.measureText("abc").width, 30);
  pen.save();
  pen.translate(3, 4);
  pen.rotate(-Math.PI / 4);
  pen.fillStyle = "rgb(1 2 3 / 0.5)";
  pen.fillText('<script>"x"&', 1, 2);
  pen.restore();
  pen.beginPath();
  pen.moveTo(0, 0.123);
  pen.lineTo(5, 6);
  pen.lineWidth = 1.5;
  pen.stroke();
  const written = pen.svg("rgb(250 250 250 / 1)", "A & B", "from <x>");
  assert.match(written, /<text x="1" y="2" font-size="13" font-weight="600" font-family="Figtree, sans-serif".* fill="rgb\(1,2,3\)" fill-opacity="0.5" transform="translate\(3 4\)rotate\(-45\)">&#60;script&#62;&#34;x&#34;&#38;<\/text>/);
  assert.match(written, /<path d="M0 0.12L5 6" fill="none" stroke="rgb\(0,0,0\)" stroke-opacity="1" stroke-width="1.5"\/>/);
  assert.match(written, /<title>A &#38; B<\/title>\n<desc>from &#60;x&#62;<\/desc>/);
  assert.ok(!written.includes("<script>"));
});

test("pixels become squares, the clear ones none, and a clip holds until it is restored", () => {
  const data = new Uint8ClampedArray([10, 20, 30, 255, 0, 0, 0, 0]);
  const image = { width: 2, height: 1, getContext: () => ({ getImageData: () => ({ data }) }) };
  const pen = new Vector(8, 4, {});
  pen.drawImage(image, 0, 0, 8, 4);
  assert.deepEqual(pen.parts, ['<rect x="0" y="0" width="4" height="4" fill="rgb(10,20,30)"/>']);
  pen.save();
  pen.beginPath();
  pen.rect(1, 1, 2, 2);
  pen.clip();
  pen.fillRect(0, 0, 1, 1);
  pen.restore();
  pen.fillRect(0, 0, 1, 1);
  assert.match(pen.parts.at(-2), /clip-path="url\(#clip-1\)"/);
  assert.doesNotMatch(pen.parts.at(-1), /clip-path/);
});
