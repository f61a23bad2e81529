import { expect, test } from "bun:test";
import { checksIn, unmarkedIn } from "./checks.ts";
import { withSwitches } from "./copy.ts";

const source = `
/** Whether a note is taken. @checks GR4, GR12 */
export function judge(note: Note, held: Held): Refusal | undefined {
  if (note.n < held.n || !signed(note)) return "replay";
  if (note.isOwn) return undefined; // not a check: own notes are always taken
  for (const one of note.parts) {
    if (!(known(one) && fits(one))) continue;
  }
  return note.size <= 10 ? undefined : "too-large";
}

/** @checks GR5 */
function mayAdd(by: Who): Promise<boolean> {
  return by.leads && by.stays;
}

function free(x: number) {
  if (x > 1) return;
}

async function later(note: Note) {
  // @checks ID14
  if (note.kind !== "reveal") {
    stop();
    return;
  }
  if (note.kind === "stop") return;
  // @checks ID15
  const honest = note.isSigned && (await verify(note));
  // @checks ID15
  if (honest) take(note);
}
`;

test("[RO12] a mark finds each condition that refuses under it, and no other", () => {
  expect(checksIn("a.ts", source).map(({ text, passes, rules }) => [text, passes, rules.join(" ")])).toEqual([
    ["note.n < held.n", "false", "GR4 GR12"],
    ["signed(note)", "true", "GR4 GR12"],
    ["known(one)", "true", "GR4 GR12"],
    ["fits(one)", "true", "GR4 GR12"],
    ["note.size <= 10", "true", "GR4 GR12"],
    ["by.leads", "true", "GR5"],
    ["by.stays", "true", "GR5"],
    ['note.kind !== "reveal"', "false", "ID14"],
    ["note.isSigned", "true", "ID15"],
    ["await verify(note)", "true", "ID15"],
    ["honest", "true", "ID15"],
  ]);
});

test("[RO12] a mark before nothing that refuses is a fault", () => {
  expect(() => checksIn("a.ts", "// @checks GR4\nexport const one = 1;\n")).toThrow("a.ts:1");
});

test("[RO12] a removed check leaves the rest of the file as it is", () => {
  const [check] = checksIn("a.ts", source);
  if (check === undefined) throw new Error("there is one");
  const without = source.slice(0, check.start) + check.passes + source.slice(check.end);
  expect(without).toContain('if (false || !signed(note)) return "replay";');
  expect(without.length).toBe(source.length - check.text.length + "false".length);
});

test("[RO12] what only sifts, refuses by a call, or is an arrow is found as well", () => {
  const more = `
// @checks GR4
const held = keys.filter((key) => key.isOurs && key.epoch < now).map(nameOf);
// @checks GR4
const isPiece = piece?.length === 32;
// @checks GR4
const mayStay = (one: One): boolean => one.isListed && !one.isOver;
// @checks DS3
export function open(row: Row): Outcome<Row> {
  return row.isOpen ? accept(row) : refuse("shut");
}
export const bool = {
  // @checks WI2
  check: (value) => (value === true ? value : fail("no boolean")),
};
`;
  expect(checksIn("a.ts", more).map(({ text, passes }) => [text, passes])).toEqual([
    ["key.isOurs", "true"],
    ["key.epoch < now", "true"],
    ["piece?.length === 32", "true"],
    ["one.isListed", "true"],
    ["one.isOver", "false"],
    ["row.isOpen", "true"],
    ["value === true", "true"],
  ]);
});

test("[RO12] in a file with marks, what refuses and bears none is named", () => {
  const more = `
// @checks GR4
if (isOver) throw new ClientError("over");
export function take(note: Note): string | undefined {
  if (note.isBroken) throw new ClientError("broken");
  if (note.size > 10) return "too-large";
  if (note.by === undefined) return "unknown";
  if (answer.kind === "lost") throw new ClientError("offline");
  if (note.isOwn) return undefined;
  if (note.isNews) return "news"; // not a check: a word for the screen.
  if (note.isDone) throw new Error("invariant: it is not done");
  if (note.isLost) throw error;
}
`;
  expect(unmarkedIn("a.ts", more)).toEqual(["a.ts:5 note.isBroken", "a.ts:6 note.size > 10"]);
  const unmarked = more.replace("// @checks GR4", "");
  expect(unmarkedIn("a.ts", unmarked)).toEqual([]);
  expect(unmarkedIn("a.ts", unmarked, true)[0]).toBe("a.ts:3 isOver");
});

test("[RO12] a switch stands before each check, within others too, and leaves what it says", () => {
  const nested = `
/** @checks GR4 */
export function isGood(all: readonly number[]): boolean {
  if (all.some((one) => { if (one > 8) return true; return false; })) return false;
  return all.length > 0;
}
`;
  const checks = checksIn("a.ts", nested).map((check, at) => ({ ...check, at }));
  expect(withSwitches(nested, checks)).toBe(`
/** @checks GR4 */
export function isGood(all: readonly number[]): boolean {
  if ((mutantIs(0) ? false : refusedAt(0, false, all.some((one) => { if ((mutantIs(1) ? false : refusedAt(1, false, one > 8))) return true; return false; })))) return false;
  return (mutantIs(2) ? true : refusedAt(2, true, all.length > 0));
}
`);
});
