// What is taken away from the attention view. Run by tests/components/test_in_node.py, or: node --test tests/components/
import assert from "node:assert/strict";
import { test } from "node:test";
import { cellInMind, expression } from "../../assets/components/attention/expression.js";
import { csv } from "../../assets/components/attention/take.js";
import { csvOf, fewDigits } from "../../assets/components/shared/save.js";
import { Vector, clear, colourOf } from "../../assets/components/shared/vector.js";
import { csvOfHeads } from "../../assets/components/ablation/save_ablation.js";
import { csvOfScores } from "../../assets/components/court/save_court.js";
import { csvOfRow } from "../../assets/components/row/save_row.js";
import { csvOfStep } from "../../assets/components/walk/save_walk.js";

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
  assert.deepEqual(colourOf("color(srgb 1 0.5 0.1 / 0.25)"), ["rgb(255,128,26)", 0.25]);
  assert.deepEqual(colourOf("color(srgb 1e-05 0 1)"), ["rgb(0,0,255)", 1]);
  assert.deepEqual(colourOf("#0a10ff"), ["rgb(10,16,255)", 1]);
  assert.deepEqual(colourOf("#1fc"), ["rgb(17,255,204)", 1]);
  assert.deepEqual(["rgba(0, 0, 0, 0)", "transparent", "rgb(0 0 0 / 0.01)"].map(clear), [true, true, false]);
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
  data[3] = 102;
  pen.globalAlpha = 0.5;
  pen.drawImage(image, 0, 0, 8, 4);
  assert.match(pen.parts.pop(), / fill="rgb\(10,20,30\)" fill-opacity="0.2"/);
  pen.globalAlpha = 1;
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

test("a cut holds where the pen stood, and a text has its room in any font", () => {
  const pen = new Vector(8, 4, {});
  pen.translate(5, 6);
  pen.rect(0, 0, 2, 2);
  pen.clip();
  pen.translate(1, 1);
  pen.fillText("a", 0, 0, 7);
  assert.match(pen.parts[0], /<clipPath id="clip-1"><rect .*transform="translate\(5 6\)"\/>/);
  assert.match(pen.parts[1], /^<g clip-path="url\(#clip-1\)"><text .*textLength="7".*transform="translate\(5 6\)translate\(1 1\)">a<\/text><\/g>$/);
  pen.globalAlpha = 0.5;
  pen.fillStyle = "rgb(1 2 3 / 0.5)";
  pen.fillRect(0, 0, 1, 1);
  assert.match(pen.parts[2], /fill-opacity="0.25"/);
});

test("a circle is two arcs, filled and stroked in their colours", () => {
  const pen = new Vector(40, 40, {});
  pen.fillStyle = "#102030";
  pen.globalAlpha = 0.5;
  pen.fill();
  assert.deepEqual(pen.parts, [], "there is nothing to fill yet");
  pen.beginPath();
  pen.arc(10, 20, 3.5, 0, 7);
  pen.fill();
  pen.stroke();
  const d = 'd="M13.5 20A3.5 3.5 0 1 1 6.5 20A3.5 3.5 0 1 1 13.5 20"';
  assert.deepEqual(pen.parts, [`<path ${d} fill="rgb(16,32,48)" fill-opacity="0.5"/>`, `<path ${d} fill="none" stroke="rgb(0,0,0)" stroke-opacity="0.5" stroke-width="1"/>`]);
});

test("the cell under the cursor is told as Python finds it", () => {
  const view = (settings) => ({ choice: { kind: "cross", layer: 1, head: 2 }, settings: { unit: "pieces", measure: "weights", specials: true, mean: "head", ...settings },
    header: { sides: { tgt: { spans: [[0, 1], [1, 3]] }, src: { spans: [[0, 2], [2, 3]] } } }, arrays: { cross: { shape: [4, 4, 3, 3] } } });
  const name = "decoder.layers.1.cross_attention.weights";
  assert.equal(expression(view({}), 2, 0), `trace["${name}"][0, 2][2, 0]`);
  assert.equal(expression(view({ unit: "words" }), 1, 0), `trace["${name}"][0, 2][1:3, 0:2].sum(-1).mean()`);
  assert.equal(expression(view({ mean: "layer" }), 2, 0), `trace["${name}"][0][..., 2, 0].mean()`);
  assert.equal(expression(view({ mean: "all", unit: "words" }), 1, 1), 'torch.stack([trace[f"decoder.layers.{n}.cross_attention.weights"][0] for n in range(4)])[..., 1:3, 2:3].sum(-1).mean()');
  assert.equal(expression(view({ measure: "norms" }), 0, 0), null);
  assert.equal(expression(view({ specials: false }), 0, 0), null);
  const subject = { rows: ["a", "b"], cols: ["x", "y"], w: (i, j) => [[0.1, 0.2], [0.4, 0.3]][i][j] };
  assert.deepEqual(cellInMind({ ...subject, pointed: { row: 0, col: 1 } }), [0, 1]);
  assert.deepEqual(cellInMind({ ...subject, pointed: { row: 2, col: 0 } }), [1, 0]);
});

test("numbers keep their digits, what is none is told, and a text cannot leave its cell", () => {
  assert.deepEqual([fewDigits(0.123456), fewDigits(1 / 3, 7), fewDigits(NaN), fewDigits(-Infinity)], [0.1235, 0.3333333, "NaN", "-Infinity"]);
  assert.equal(csvOf("a", ["b", "c"], [[1, 'x "y",'], [-0.5, "z"]]), '# a\nb,c\n1,"x ""y"","\n-0.5,"z"\n');
});

const lines = (text) => text.trimEnd().split("\n").slice(1);

test("each panel's numbers are lines that say what they are of", () => {
  const array = (shape, ...values) => ({ shape, values: Float32Array.from(values) });
  const heads = { header: { provenance: "tiny", measures: [{ name: "This sentence", unit: "nats" }] }, arrays: { encoder0: array([1, 2], 0.5, -0.25), decoder0: array([1, 2], 0, 0), cross0: array([2, 2], 1, 2, 3, NaN) } };
  assert.deepEqual(lines(csvOfHeads(heads)).at(1), '"This sentence","nats","encoder",1,1,0.5');
  assert.deepEqual(lines(csvOfHeads(heads)).at(-1), '"This sentence","nats","cross",2,2,"NaN"');
  assert.equal(lines(csvOfHeads(heads)).length, 9);
  const court = { header: { rows: [{ name: "occlusion", unit: "nats" }], labels: ["a", "b"].map(piece), src: 1 }, scores: array([1, 2], 0.5, NaN), ranks: { values: Uint32Array.from([1, 0]) } };
  assert.deepEqual(lines(csvOfScores(court, "tiny")), ["method,unit,side,place,piece,score,rank", '"occlusion","nats","source",0,"a",0.5,1', '"occlusion","nats","written before",0,"b","NaN",""']);
  assert.deepEqual(lines(csvOfRow({ header: { columns: ["a", "b"].map(piece) }, weights: [0.25, 0.75] }, "tiny")), ["column,column_token,weight", '0,"a",0.25', '1,"b",0.75']);
  const tensors = { k: { ...array([2, 2], 1, 2, 3, 4), rows: "key", cols: "d", uses: [] }, dots: { ...array([2, 2], 5, 6, 7, 8), rows: "query", cols: "key", uses: [["k"]] } };
  const walk = { header: { pieces: { query: ["x", "y"].map(piece), key: ["a", "b"].map(piece) }, steps: [{ made: ["dots"] }] }, tensors, step: 0, row: 1 };
  assert.deepEqual(lines(csvOfStep(walk, "tiny")), ["tensor,row,row_token,column,column_token,value", '"k",0,"a",0,"",1', '"k",0,"a",1,"",2', '"k",1,"b",0,"",3', '"k",1,"b",1,"",4',
    '"dots",1,"y",0,"a",7', '"dots",1,"y",1,"b",8']);
});
