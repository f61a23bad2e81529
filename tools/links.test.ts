/** Links of pages: which there are, and where they lead. */
import { expect, test } from "bun:test";
import { linksOf, targetOf } from "./links.ts";

test("[RO19] links and pictures of a page are seen with their lines, and none in its code", () => {
  const page = [
    "A [room](../packages/wire) and [another](spec/wire.md#frames).",
    "`[not](code.md)`",
    "```md",
    "[not](fence.md)",
    "```",
    '<img src="screens/a.webp" width="2">, [site](https://example.org)',
  ].join("\n");
  expect(linksOf(page)).toEqual([
    { target: "../packages/wire", line: 1 },
    { target: "spec/wire.md#frames", line: 1 },
    { target: "screens/a.webp", line: 6 },
    { target: "https://example.org", line: 6 },
  ]);
});

test("[RO19] a link leads from the folder of its page, without the place in it; another site's leads nowhere here", () => {
  expect(targetOf("docs/ARCHITECTURE.md", "../packages/wire")).toBe("packages/wire");
  expect(targetOf("docs/ARCHITECTURE.md", "spec/wire.md#frames")).toBe("docs/spec/wire.md");
  expect(targetOf("README.md", "docs/%E4%B8%AD.md")).toBe("docs/中.md");
  expect(targetOf("README.md", "#中文")).toBeUndefined();
  expect(targetOf("README.md", "https://example.org/a.md")).toBeUndefined();
});
