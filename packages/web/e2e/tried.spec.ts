/**
 * A program of somebody else's, from a folder (`npm run tried -- FOLDER`): each of its pages is opened in the frame in
 * which the app shows it. Told are exceptions, elements that are not drawn, tags of the page's own template that are
 * not there, and which of those that a person touches answer a tap with something that is seen or asked. Programs that
 * were tried: docs/programs-tried.md.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, test } from "@playwright/test";
import { readPackage } from "@yanshu/mini";
import { packProgram } from "@yanshu/mini/compile";
import { phone } from "./browser-setup.ts";
import { alone, frameServer } from "./program-alone.ts";

const folder = process.env["YANSHU_TRIED"] ?? "";
/** Pages whose path holds it; else all. */
const only = process.env["YANSHU_TRIED_PAGES"] ?? "";
const touchable = "wx-switch, wx-checkbox, wx-radio, wx-slider, wx-picker, wx-input, wx-textarea, wx-button";
/** What has no size of its own, or none before something happens. */
const sizeless = new Set(
  "block slot wx-page-root template import page-meta navigation-bar root-portal wxs include".split(" "),
);

/** What of a page has no size, what it has, and how much of it may be touched. */
type Told = { readonly small: readonly string[]; readonly drawn: readonly string[]; readonly touchable: number };

/**
 * What the template of a page names, outside of what it imports. Some of it may come later, or never (`wx:if`).
 * Components of the program are all drawn as `wx-x`.
 */
function tagsOf(sources: ReadonlyMap<string, Uint8Array>, path: string): readonly string[] {
  const text = (name: string) => new TextDecoder().decode(sources.get(name));
  const used = [`${path}.json`, "app.json"].flatMap((name) => {
    const { usingComponents = {} } = JSON.parse(text(name) || "{}") as { readonly usingComponents?: object };
    return Object.keys(usingComponents);
  });
  const words = text(`${path}.wxml`).replace(/<!--.*?-->/gs, "");
  const tags = [...words.matchAll(/<([a-z][\w-]*)/g)].map(([, tag]) => tag ?? "");
  return [...new Set(tags.map((tag) => (used.includes(tag) ? "wx-x" : tag)))];
}

function sourcesIn(root: string, at = root, found = new Map<string, Uint8Array>()): Map<string, Uint8Array> {
  for (const entry of readdirSync(at, { withFileTypes: true })) {
    const path = join(at, entry.name);
    if (entry.isDirectory()) sourcesIn(root, path, found);
    else if (entry.isFile()) found.set(relative(root, path), new Uint8Array(readFileSync(path)));
  }
  return found;
}

test("a program is tried, page by page", async ({ browser }) => {
  test.setTimeout(3_600_000);
  const sources = sourcesIn(folder);
  const { bytes, warnings } = await packProgram(sources, { name: "tried", version: "1" });
  const read = readPackage(bytes);
  if ("fault" in read) throw new Error(read.fault);
  const { pages } = read.program.manifest;
  console.log(`packed: ${bytes.length} bytes, ${pages.length} pages, ${warnings.length} warnings`);
  const server = await frameServer();
  const page = await (await browser.newContext({ viewport: phone.size, reducedMotion: "reduce" })).newPage();
  const sum = { pages: 0, clean: 0, whole: 0, named: 0, there: 0, touched: 0, answered: 0 };
  try {
    const { begins, room, said } = await alone(page, server.origin, bytes);
    for (const path of pages.filter((one) => one.includes(only))) {
      sum.pages += 1;
      const begun: boolean = await Promise.race([
        begins(path).then(() => true),
        page.waitForTimeout(10_000).then(() => false),
      ]);
      await page.waitForTimeout(400);
      const top = room.locator("wx-page[data-top]");
      const seen = async () => `${await top.textContent().catch(() => "")} ${(await said()).length}`;
      const told: Told = await top
        .evaluate(
          (root, names) => {
            const all = [...root.querySelectorAll("*")].filter((one) => one.localName.startsWith("wx-"));
            const sized = new Map<string, boolean>();
            for (const one of all) {
              const name = one.localName.slice(3);
              if (names.sizeless.includes(name) || one.closest("[data-hidden], [style*='display: none']") !== null)
                continue;
              const { width, height } = one.getBoundingClientRect();
              const isEmpty = one.children.length === 0 && one.textContent === "";
              sized.set(
                name,
                sized.get(name) === true ||
                  (width > 0 && height > 0) ||
                  (isEmpty && name === "view") ||
                  name === "text",
              );
            }
            return {
              small: [...sized].filter(([, has]) => !has).map(([name]) => name),
              drawn: [...sized.keys()],
              touchable: root.querySelectorAll(names.touchable).length,
            };
          },
          { touchable, sizeless: [...sizeless] },
        )
        .catch(() => ({ small: ["(no page)"], drawn: [], touchable: 0 }));
      const silent: string[] = [];
      const few = Math.min(told.touchable, 12);
      for (let at = 0; at < few; at += 1) {
        const one = top.locator(touchable).nth(at);
        const name = await one.evaluate((element) => element.localName).catch(() => "");
        if (name === "" || !(await one.isVisible().catch(() => false))) continue;
        const before = `${await seen()} ${await state()}`;
        sum.touched += 1;
        await touches(name, one);
        const isAnswered = await expect
          .poll(async () => `${await seen()} ${await state()}` !== before, { timeout: 1_500 })
          .toBe(true)
          .then(
            () => true,
            () => false,
          );
        if (isAnswered) sum.answered += 1;
        else silent.push(name);
        // What it led to is left again.
        if ((await said()).some(({ kind, path: on }) => kind === "page" && on !== path))
          await Promise.race([begins(path), page.waitForTimeout(5_000)]);
      }
      const faults = (await said())
        .filter(({ kind }) => kind === "fault")
        .map(({ words }) => String(words).split("\n")[0]?.slice(0, 140));
      if (begun && faults.length === 0) sum.clean += 1;
      if (told.small.length === 0) sum.whole += 1;
      // What came by a touch counts.
      const came = await top
        .locator("*")
        .evaluateAll((all) => all.map((one) => one.localName.replace(/^wx-/, "")))
        .catch((): string[] => []);
      const named = tagsOf(sources, path).filter((tag) => !sizeless.has(tag));
      const absent = named.filter((tag) => !told.drawn.includes(tag) && !came.includes(tag));
      sum.named += named.length;
      sum.there += named.filter((tag) => !absent.includes(tag) && !told.small.includes(tag)).length;
      const lines = [
        ...(begun ? [] : ["nothing was painted"]),
        ...faults.slice(0, 2),
        ...(told.small.length > 0 ? [`without a size: ${told.small.join(" ")}`] : []),
        ...(absent.length > 0 ? [`not there: ${absent.join(" ")}`] : []),
        ...(silent.length > 0 ? [`silent: ${silent.join(" ")}`] : []),
      ];
      if (lines.length > 0) console.log(`${path}: ${lines.join("; ")}`);
    }
    /** Whether a sheet is open, and what stands in boxes. */
    async function state(): Promise<string> {
      const sheets = await room.getByRole("dialog").count();
      const boxes = await room
        .locator("wx-page[data-top] input, wx-page[data-top] textarea")
        .evaluateAll((all) =>
          all.map((one) => `${(one as HTMLInputElement).value}${(one as HTMLInputElement).checked}`).join(),
        );
      return `${sheets} ${boxes}`;
    }
    async function touches(name: string, one: ReturnType<typeof room.locator>): Promise<void> {
      const quick = { timeout: 2_000 };
      const how =
        name === "wx-slider"
          ? one.locator("input").press("ArrowRight", quick)
          : name === "wx-input" || name === "wx-textarea"
            ? one.locator("input, textarea").fill("7", quick)
            : one.click(quick);
      await how.catch(() => undefined);
      const done = room.getByRole("dialog").locator(".ok");
      if (name === "wx-picker" && (await done.isVisible().catch(() => false))) {
        await page.keyboard.press("ArrowDown");
        await done.click(quick).catch(() => undefined);
      }
    }
  } finally {
    await page.context().close();
    server.close();
  }
  console.log(
    `tried: ${sum.pages} pages, ${sum.clean} without an exception, ${sum.whole} with every element drawn, ${sum.there} of ${sum.named} named tags there and larger than 0, ${sum.answered} of ${sum.touched} touches answered`,
  );
});
