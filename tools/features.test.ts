import { expect, test } from "bun:test";
import { faultsIn } from "./features.ts";

const list = `
| row | what the app does |
| --- | --- |
| F-1a-1 | A letter is sent. |
| F-7-1 | An IME may use Enter. |

- F-1d-1: calls come later.
`;
const sound = `test("[F-1a-1] [F-7-1] a letter, \\"said\\" in full", async () => {});`;

function faultsWith(spec: string, features = list): readonly string[] {
  return faultsIn(features, new Map([["packages/web/e2e/a.spec.ts", spec]]));
}

test("[RO11] a sound tree has no faults, however its titles are written", () => {
  expect(faultsWith(sound)).toEqual([]);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text of a test.
  expect(faultsWith("test(`[F-1a-1] it's sent (${name})`, f);\n  test(\n    '[F-7-1] x', f);")).toEqual([]);
});

test("[RO11] a promise without a test is found; a comment and a skipped test are none", () => {
  const found = ["docs/features.md promises F-7-1, which the title of no browser test bears"];
  expect(faultsWith('test("[F-1a-1] x", f);')).toEqual(found);
  expect(faultsWith('test("[F-1a-1] x", f); // [F-7-1]')).toEqual(found);
  expect(faultsWith('test("[F-1a-1] x", f); test.skip("[F-7-1] x", f);')).toEqual(found);
  expect(faultsWith(`${sound} test("[F-9z-9] x", { tag: "@long" }, f);`)).toHaveLength(1);
});

test("[RO11] of what a long browser test shows, a test of `npm test` without a browser names the row as well", () => {
  const found = ["docs/features.md promises F-7-1, which the title of no test of `npm test` bears"];
  for (const tag of ['{ tag: "@long" }', '{\n  tag: "@long",\n}']) {
    const spec = `test("[F-1a-1] x", f); test("[F-7-1] x", ${tag}, f);`;
    const beside = (test: string) =>
      faultsIn(
        list,
        new Map([
          ["packages/web/e2e/a.spec.ts", spec],
          ["packages/client/src/a.test.ts", test],
        ]),
      );
    expect(faultsWith(spec)).toEqual(found);
    expect(beside('test("[F-7-1] x @long", f);')).toEqual(found);
    expect(beside('test("[F-7-1] x", f);')).toEqual([]);
  }
  expect(faultsIn(list, new Map([["packages/client/src/a.test.ts", sound]]))).toHaveLength(2);
});

test("[RO11] a test of a row that nobody promised, or that was put off, is found", () => {
  expect(faultsWith(`${sound} test("[F-9z-9] x", f);`)).toEqual([
    "packages/web/e2e/a.spec.ts tests F-9z-9, which docs/features.md does not promise",
  ]);
  expect(faultsWith(`${sound} test("[F-1d-1] x", f);`)).toEqual([
    "packages/web/e2e/a.spec.ts tests F-1d-1, which docs/features.md puts off: promise it there",
  ]);
});

test("[RO11] a row that is named after its feature is a promise as well", () => {
  const more = `${list}| F-dice-1 | A die is rolled. |\n`;
  expect(faultsWith(sound, more)).toEqual([
    "docs/features.md promises F-dice-1, which the title of no browser test bears",
  ]);
  expect(faultsWith(`${sound} test("[F-dice-1] a die", f);`, more)).toEqual([]);
});

test("[RO11] a row that stands twice is found", () => {
  expect(faultsWith(sound, `${list}| F-7-1 | Said again. |\n`)).toEqual(["docs/features.md has F-7-1 more than once"]);
});
