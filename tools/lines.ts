/**
 * Lines of prose: no line of a page or of a comment has more than 120 characters (docs/spec/rooms.md RO18), so that a
 * difference can be read. Biome does it for code; it leaves comments as they are, and Prettier would fill up each cell
 * of our tables. `--write` breaks what is too long, and touches no paragraph whose lines are short. Run without it, it
 * checks this tree; `lines.test.ts` tries it.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "oxc-parser";
import { root } from "./setup.mjs";
import { treeFiles } from "./tree-files.ts";

export const lineLengthMax = 120;

/** Pages that a command writes. */
const made = ["CHANGELOG.md", "bench/RESULTS.md", "docs/EVIDENCE.md", "docs/SCALE.md"];

/** The same text, its prose broken where a line of it is too long. A word that is longer stays whole. */
export function wrapped(path: string, text: string): string {
  return path.endsWith(".md") ? wrappedPage(text) : wrappedComments(path, text);
}

/** A block of a page: what goes before its first line, before the others, and its words. */
type Block = { readonly first: string; readonly rest: string; readonly lines: string[] };

function wrappedPage(text: string): string {
  const out: string[] = [];
  let block: Block | undefined;
  let fence: string | undefined;
  const end = () => {
    if (block !== undefined) out.push(...filled(block));
    block = undefined;
  };
  for (const line of text.split("\n")) {
    const bare = line.trim();
    const opened = /^(```+|~~~+)/.exec(bare)?.[1];
    if (fence !== undefined || opened !== undefined) {
      end();
      out.push(line);
      if (fence === undefined) fence = opened;
      else if (bare.startsWith(fence)) fence = undefined;
    } else if (bare === "" || /^([|#<]|\[[^\]]+\]: )/.test(bare)) {
      end();
      out.push(line);
    } else {
      const item = /^(\s*)([-*+] |\d+[.)] |> )/.exec(line);
      if (item === null && block !== undefined) block.lines.push(line);
      else {
        end();
        const first = item === null ? (/^\s*/.exec(line)?.[0] ?? "") : item[0];
        block = { first, rest: item?.[2] === "> " ? first : " ".repeat(first.length), lines: [line] };
      }
    }
  }
  end();
  return out.join("\n");
}

/** The lines of a block as they are, or anew where one is too long. */
function filled({ first, rest, lines }: Block): readonly string[] {
  if (lines.every((line) => lengthOf(line) <= lineLengthMax)) return lines;
  const words = lines.map((line, at) => line.slice(at === 0 ? first.length : 0).trim());
  // Two spaces or a backslash at its end keep a line apart from the next one.
  if (lines.some((line) => / {2}$|\\$/.test(line))) return lines;
  return broken(joined(words), first, rest);
}

function lengthOf(line: string): number {
  return Array.from(line).length;
}

const afterCjk = /[，。；：！？、）”》」]$/u;

function joined(lines: readonly string[]): string {
  return lines.reduce((text, line) => (afterCjk.test(text) ? `${text}${line}` : `${text} ${line}`));
}

/** What would begin a list, a quotation or a heading at the beginning of a line. */
const begins = /^([-*+>|]|#{1,6}|\d+[.)])\s/;

/** Where a line may end: at a space, and behind a full-width mark; not within code, the target of a link or a tag. */
function piecesOf(text: string): readonly string[] {
  const pieces: string[] = [];
  let piece = "";
  for (const part of text.match(/`+[^`]*`+|\]\([^)]*\)|@\w+ \S+|[\s\S]/gu) ?? []) {
    piece += part;
    if (begins.test(piece) && pieces.length > 0) {
      // It stays with what is before it, or it would begin a list.
      pieces[pieces.length - 1] += piece;
      piece = "";
    } else if (part === " " || (part.length === 1 && afterCjk.test(part))) {
      pieces.push(piece);
      piece = "";
    }
  }
  return piece === "" ? pieces : [...pieces, piece];
}

function broken(text: string, first: string, rest: string): readonly string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const piece of piecesOf(text)) {
    const fits = lengthOf(`${line}${piece}`.trimEnd()) <= lineLengthMax;
    // A full-width mark, and what closes, belong to what is before them.
    if (isEmpty || fits || /^[，。；：！？、）”》」]/u.test(piece)) line += piece;
    else {
      lines.push(line.trimEnd());
      line = `${rest}${piece}`;
    }
    isEmpty = false;
  }
  return [...lines, line.trimEnd()];
}

function wrappedComments(path: string, text: string): string {
  const { comments } = parseSync(path, text, { sourceType: "module" });
  let out = text;
  // From the last to the first, so that places stay what they were; lines of `//` that follow one another are one.
  for (let at = comments.length - 1; at >= 0; at--) {
    const { start, end, type, value } = comments[at] as (typeof comments)[number];
    const from = text.lastIndexOf("\n", start - 1) + 1;
    const indent = text.slice(from, start);
    if (type === "Block") {
      if (indent.trim() === "") out = `${out.slice(0, start)}${block(value, indent)}${out.slice(end)}`;
      continue;
    }
    if (indent.trim() !== "") {
      if (lengthOf(text.slice(from, end)) > lineLengthMax && isAlone(indent, value)) {
        const before = /^\s*/.exec(indent)?.[0] ?? "";
        const lines = broken(value.trim(), `${before}// `, `${before}// `);
        out = `${out.slice(0, from)}${lines.join("\n")}\n${indent.trimEnd()}${out.slice(end)}`;
      }
      continue;
    }
    let first = at;
    while (first > 0 && follows(text, comments[first - 1], comments[first])) first--;
    const run = comments.slice(first, at + 1);
    const begin = text.lastIndexOf("\n", (run[0]?.start ?? 0) - 1) + 1;
    const lines = text.slice(begin, end).split("\n");
    if (lines.some((line) => lengthOf(line) > lineLengthMax) && !/^\s*(biome|oxlint|@ts)-?/.test(run[0]?.value ?? "")) {
      const words = joined(run.map((one) => one.value.trim()));
      out = `${out.slice(0, begin)}${broken(words, `${indent}// `, `${indent}// `).join("\n")}${out.slice(end)}`;
    }
    at = first;
  }
  return out;
}

type Comment = { readonly start: number; readonly end: number; readonly type: string };

/** Whether two comments are `//` on lines of their own that follow one another at one indent. */
function follows(text: string, one: Comment | undefined, other: Comment | undefined): boolean {
  if (one === undefined || other === undefined || one.type !== "Line") return false;
  const indent = text.slice(text.lastIndexOf("\n", one.start - 1) + 1, one.start);
  return indent.trim() === "" && text.slice(one.end, other.start) === `\n${indent}`;
}

/** A comment behind code moves above it where the code is one whole line, of which nothing is said to a tool. */
function isAlone(code: string, value: string): boolean {
  return !/^\s*(biome|oxlint|@ts|@checks)/.test(value) && /[;,{[(]\s*$/.test(code);
}

/** A comment that stands alone, `value` being what is between its marks. */
function block(value: string, indent: string): string {
  const lines = `/*${value}*/`.split("\n");
  const whole = lines.map((line, at) => (at === 0 ? `${indent}${line}` : line));
  if (whole.every((line) => lengthOf(line) <= lineLengthMax)) return lines.join("\n");
  if (lines.length === 1) {
    const text = value.replace(/^\*/, "").trim();
    return [
      `/*${value.startsWith("*") ? "*" : ""}`,
      ...broken(text, `${indent} * `, `${indent} * `),
      `${indent} */`,
    ].join("\n");
  }
  const inner = lines.slice(1, -1).map((line) => line.trimStart());
  if (!inner.every((line) => line.startsWith("*"))) return lines.join("\n");
  const page = wrappedStarred(
    inner.map((line) => line.slice(1)),
    `${indent} *`,
  );
  return [lines[0], ...page, lines.at(-1)].join("\n");
}

/**
 * Lines of a comment behind their stars: paragraphs, items and tags are filled; what stands further in is a drawing.
 */
function wrappedStarred(lines: readonly string[], star: string): readonly string[] {
  const out: string[] = [];
  let paragraph: string[] = [];
  const end = () => {
    const [head] = paragraph;
    if (head !== undefined) {
      const mark = /^(- |\d+\. )?/.exec(head)?.[0] ?? "";
      const isLong = paragraph.some((line) => lengthOf(`${star} ${line}`) > lineLengthMax);
      const rest = `${star} ${mark === "" ? "" : " ".repeat(mark.length)}`;
      if (isLong) out.push(...broken(joined(paragraph).slice(mark.length), `${star} ${mark}`, rest));
      else out.push(...paragraph.map((line) => `${star} ${line}`));
    }
    paragraph = [];
  };
  for (const line of lines) {
    const text = line.replace(/^ /, "");
    if (text === "" || /^\s|^\|/.test(text)) {
      end();
      out.push(`${star}${line}`);
    } else {
      if (/^(@|- |\d+\. )/.test(text)) end();
      paragraph.push(text);
    }
  }
  end();
  return out;
}

/** The first line of a tree's file that `wrapped` would break; undefined when there is none. */
export function longLineOf(path: string, text: string): number | undefined {
  const better = wrapped(path, text);
  if (better === text) return undefined;
  const after = better.split("\n");
  return text.split("\n").findIndex((line, at) => line !== after[at]) + 1;
}

function proseOf(): readonly string[] {
  return treeFiles("*.md", "*.ts", "*.tsx", "*.mts", "*.mjs").filter((path) => !made.includes(path));
}

if (import.meta.main) {
  const isWriting = process.argv.includes("--write");
  let faults = 0;
  for (const path of proseOf()) {
    const text = readFileSync(join(root, path), "utf8");
    const line = longLineOf(path, text);
    if (line === undefined) continue;
    faults++;
    if (isWriting) writeFileSync(join(root, path), wrapped(path, text));
    else console.log(`${path}:${line} has more than ${lineLengthMax} characters`);
  }
  console.log(isWriting ? `lines: ${faults} files written` : `lines: ${faults} files with long lines (npm run fix)`);
  process.exitCode = faults === 0 || isWriting ? 0 : 1;
}
