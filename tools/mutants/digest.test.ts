import { expect, test } from "bun:test";
import { digestOfCode } from "./digest.ts";

const source = `
/** Whether a note is taken. */
export function judge(note: Note): string | undefined {
  if (isOver(note, "a // b")) return "over"; // Long ago.
  return undefined;
}
`;

test("[RO12] a file in which comments and breaks of lines changed alone reads as it did, and else does not", () => {
  const digest = digestOfCode("a.ts", source);
  const reworded = source.replace("Whether a note is taken.", "Says whether it is.").replace(" // Long ago.", "");
  const wrapped = reworded.replace('isOver(note, "a // b")', 'isOver(\n    note,\n    "a // b",\n  )');
  expect(digestOfCode("a.ts", wrapped)).toBe(digest);
  for (const [from, to] of [
    ["isOver", "isOlder"],
    ["a // b", "a // c"],
    ['"over"', "undefined"],
  ] as const)
    expect(digestOfCode("a.ts", source.replace(from, to))).not.toBe(digest);
});
