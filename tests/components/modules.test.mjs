// Every component loads from its own files: each name that a module imports is there. See tests/components/test_in_node.py.
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { test } from "node:test";

const components = new URL("../../assets/components/", import.meta.url);
for (const name of readdirSync(components)) {
  const main = new URL(`${name}/main.js`, components);
  if (existsSync(main)) test(`${name} has a default export`, async () => assert.equal(typeof (await import(main)).default, "function"));
}
