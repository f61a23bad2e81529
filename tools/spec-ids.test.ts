import { expect, test } from "bun:test";
import { faultsIn } from "./spec-ids.ts";

const sound: Readonly<Record<string, string>> = {
  "docs/spec/README.md": "- SY2: it is a layout.\n",
  "docs/spec/sync.md": "- **SY1** A rule.\n- **SY2** Another.\n",
  "docs/spec/groups.md": "## GR1 Groups\n- **GR1.1** A part.\n",
  "packages/client/src/outbox.ts": "// docs/spec/sync.md SY1, SY2\n",
  "packages/client/src/outbox.test.ts": 'test("[SY1] [GR1] it holds", () => {});\n',
};

function faultsWith(change: Readonly<Record<string, string>>): readonly string[] {
  return faultsIn(new Map(Object.entries({ ...sound, ...change })));
}

test("[RO10] a sound tree has no faults", () => {
  expect(faultsWith({})).toEqual([]);
});

test("[RO10] a comment or a title that cites no rule is found", () => {
  expect(faultsWith({ "packages/client/src/sync.ts": "// SY9\n" })).toEqual([
    "packages/client/src/sync.ts cites SY9, which no file of the spec defines",
  ]);
  expect(faultsWith({ "packages/client/src/sync.test.ts": 'test("[ZZ4] x", () => {});' })).toEqual([
    "packages/client/src/sync.test.ts cites ZZ4, which no file of the spec defines",
  ]);
});

test("[RO10] a rule without a test is found, unless a reason stands in the index", () => {
  const found = ["docs/spec/sync.md has SY1, which no test's name bears"];
  expect(faultsWith({ "packages/client/src/outbox.test.ts": 'test("[GR1] x", () => {});' })).toEqual(found);
  expect(faultsWith({ "docs/spec/README.md": "SY2 is untested.\n" })).toEqual([
    "docs/spec/sync.md has SY2, which no test's name bears",
  ]);
});

test("[RO10] a rule of a feature's screens stands in its README, and is held to the same", () => {
  const readme = "packages/web/src/features/polls/README.md";
  const rule = { [readme]: "- **WE1** A rule.\n" };
  expect(faultsWith(rule)).toEqual([`${readme} has WE1, which no test's name bears`]);
  const tested = { "packages/web/src/polls.test.ts": 'test("[WE1] it holds", () => {});' };
  expect(faultsWith({ ...rule, ...tested })).toEqual([]);
  expect(faultsWith({ ...rule, ...tested, "docs/spec/web.md": "- **WE1** Said twice.\n" })).toEqual([
    "docs/spec/web.md has WE1 a second time",
  ]);
});

test("[RO10] an excuse for what is no rule is found", () => {
  expect(faultsWith({ "docs/spec/README.md": "- SY2: a layout.\n- SY7: gone.\n" })).toEqual([
    "docs/spec/README.md excuses SY7, which is no rule",
  ]);
});

test("[RO10] two rules of one number are found, in one page or two; a part, and a rule with a letter behind its number, are others", () => {
  expect(faultsWith({ "docs/spec/more.md": "- **SY1** Something else.\n" })).toEqual([
    "docs/spec/more.md has SY1 a second time",
  ]);
  const parts = "## GR1 Groups\n- **GR1.1** A part.\n- **GR1.1a** Another.\n- **GR1.2** One more.\n";
  expect(faultsWith({ "docs/spec/groups.md": parts })).toEqual([]);
  expect(faultsWith({ "docs/spec/groups.md": `${parts}- **GR1.2** Again.\n` })).toEqual([
    "docs/spec/groups.md has GR1.2 a second time",
  ]);
});
