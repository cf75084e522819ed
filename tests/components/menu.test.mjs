// Where a page opens. Run by tests/components/test_in_node.py, or: node --test tests/components/
import assert from "node:assert/strict";
import { test } from "node:test";
import { asked } from "../../assets/components/menu/arrive.js";

test("an address with a panel asks for the tabs of its page, wherever the app lies", () => {
  assert.equal(asked("http://localhost:8501/tokens?src=a&panel=steps"), ".st-key-tokens-panel");
  assert.equal(asked("http://host/dawn/positions?panel=lab"), ".st-key-positions-panel");
  assert.ok(!asked("http://localhost:8501/tokens?src=a"));
  assert.ok(!asked("http://localhost:8501/tokens?panel="));
});
