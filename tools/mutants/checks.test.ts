import { expect, test } from "bun:test";
import { checksIn } from "./checks.ts";

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
