/** Lines of prose: what is too long is broken where it may be, and nothing else is touched. */
import { expect, test } from "bun:test";
import { lineLengthMax, longLineOf, wrapped } from "./lines.ts";

const long = (word: string, times: number) => Array.from({ length: times }, () => word).join(" ");
const widest = (text: string) => Math.max(...text.split("\n").map((line) => Array.from(line).length));

test("[RO18] a paragraph and an item of a page are broken at 120 characters, and go on under their own beginning", () => {
  const page = `# Title\n\n${long("word", 40)}\n\n- **AB1** ${long("item", 40)}\n- short\n\n> ${long("said", 40)}\n`;
  const better = wrapped("a.md", page);
  expect(widest(better)).toBeLessThanOrEqual(lineLengthMax);
  expect(better.split("\n").filter((line) => /^ {2}item/.test(line)).length).toBe(1);
  expect(better.split("\n").filter((line) => line.startsWith("> said")).length).toBe(2);
  expect(better.replace(/said\n> said/g, "said said").replace(/\s+/g, "")).toBe(page.replace(/\s+/g, ""));
  expect(wrapped("a.md", better)).toBe(better);
});

test("[RO18] tables, fences, headings and links' definitions stay, and so does a paragraph whose lines are short", () => {
  const page = [
    `| ${long("cell", 40)} |`,
    "",
    "```sh",
    long("code", 40),
    "```",
    "",
    `## ${long("head", 40)}`,
    "",
    `[a]: https://example.org/${"x".repeat(130)}`,
    "",
    "a line that its writer ended early",
    "and another.",
    "",
  ].join("\n");
  expect(wrapped("a.md", page)).toBe(page);
});

test("[RO18] no line ends within code or the target of a link, and none begins a list that was none", () => {
  const text = `${long("word", 22)} \`one two three\` and ${long("word", 20)} 3. of - them [a b](c d.md) ${long("word", 20)}`;
  const better = wrapped("a.md", `${text}\n`);
  expect(better).toContain("`one two three`");
  expect(better).toContain("](c d.md)");
  expect(better).not.toMatch(/^(3\.|-) /m);
  expect(widest(better)).toBeLessThanOrEqual(lineLengthMax + 10);
});

test("[RO18] Chinese is broken behind a full-width mark, and joined without a space", () => {
  const text = `${"鸿雁传书，".repeat(30)}雁带着信。`;
  const better = wrapped("a.md", `${text}\n`);
  expect(widest(better)).toBeLessThanOrEqual(lineLengthMax);
  expect(better.replace(/\n/g, "")).toBe(text);
  expect(
    better
      .split("\n")
      .slice(0, 1)
      .every((line) => line.endsWith("，")),
  ).toBe(true);
});

test("[RO18] comments of a program are broken, in each of their forms, and its code is as it was", () => {
  const source = [
    `/** ${long("one", 40)} */`,
    "/**",
    ` * ${long("two", 40)}`,
    " *",
    " *   a drawing   →   stays",
    ` * @param a ${long("three", 40)}`,
    " */",
    "export function f(a: string): string {",
    `  // ${long("four", 40)}`,
    "  // and five.",
    `  const b = "// ${long("text", 40)}";`,
    `  return a + b; // ${long("six", 30)}`,
    "}",
    "",
  ].join("\n");
  const better = wrapped("a.ts", source);
  const withoutText = better.replace(/^.*"\/\/ text.*$/m, "");
  expect(widest(withoutText)).toBeLessThanOrEqual(lineLengthMax);
  expect(better).toContain(`"// ${long("text", 40)}"`);
  expect(better).toContain(" *   a drawing   →   stays\n");
  expect(better).toMatch(/^\/\*\*\n \* one one/);
  expect(better).toMatch(/\n {2}\/\/ six[^\n]*\n {2}return a \+ b;\n\}/);
  expect(better).toMatch(/four and five\.\n/);
  expect(wrapped("a.ts", better)).toBe(better);
});

test("[RO18] a word to a tool stays on its line, and a long line is told with its number", () => {
  const source = `const a = 1;\n// biome-ignore lint/x: ${long("because", 30)}\nconst b = 2;\n`;
  expect(wrapped("a.ts", source)).toBe(source);
  expect(longLineOf("a.md", "short\n")).toBeUndefined();
  expect(longLineOf("a.md", `short\n\n${long("word", 40)}\n`)).toBe(3);
});
