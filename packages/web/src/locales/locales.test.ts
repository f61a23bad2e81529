/** Words: none missing, none left over, in any language. */
import { expect, test } from "bun:test";
import { dirname, resolve } from "node:path";
import { Glob } from "bun";
import { filesOfPart } from "../../build/parts.ts";
import { wordsAt } from "../../build/compiled-catalogs.ts";
import { messages as en } from "./en.ts";
import { type Locale, matchLocale } from "./i18n.ts";
import { messages as words } from "./words.ts";
import { messages as zhHans } from "./zh-Hans.ts";
import { messages as zhHant } from "./zh-Hant.ts";

const src = `${import.meta.dir}/..`;
const wordFiles = [...new Glob("**/words.ts").scanSync({ cwd: src })].sort();
const files = await Promise.all(wordFiles.map((file) => wordsAt(`${src}/${file}`)));
const parts = files.map(({ messages }) => messages);
const whole = (locale: Locale, first: Record<string, string>): Record<string, string> =>
  Object.assign({}, first, ...parts.map((part) => part[locale]));
const catalogs: Record<Locale, Record<string, string>> = {
  "zh-Hans": whole("zh-Hans", zhHans),
  "zh-Hant": whole("zh-Hant", zhHant),
  en: whole("en", en),
};
const ids = Object.keys(catalogs["zh-Hans"]);

/** Ids that are put together from a value: `error.${code}`. */
const built = /t\(\s*`([a-zA-Z.]+)\$\{/g;

/** What says words, by its path. */
async function sources(): Promise<ReadonlyMap<string, string>> {
  const files = [...new Glob("**/*.{ts,tsx}").scanSync({ cwd: `${import.meta.dir}/..` })].filter(
    (file) => !file.includes(".test.") && !/locales\/(en|zh-)|(^|\/)words\.ts$/.test(file),
  );
  const texts = await Promise.all(files.map((file) => Bun.file(`${import.meta.dir}/../${file}`).text()));
  return new Map(files.map((file, place) => [file, texts[place] ?? ""]));
}

async function source(): Promise<string> {
  return [...(await sources()).values()].join("\n");
}

test("[WE10] every language has every word, and none is empty", () => {
  for (const [locale, catalog] of Object.entries(catalogs)) {
    expect([locale, Object.keys(catalog).sort()]).toEqual([locale, [...ids].sort()]);
    for (const [id, words] of Object.entries(catalog)) expect([id, words.trim() === ""]).toEqual([id, false]);
  }
});

test("[WE10] every language fills in the same values", () => {
  const values = (words = "") => [...new Set([...words.matchAll(/\{(\w+)/g)].map((found) => found[1]))].filter((one) => one !== "one").sort((a = "", b = "") => a.localeCompare(b));
  for (const id of ids) {
    const wanted = [id, values(catalogs["zh-Hans"][id])];
    expect([id, values(catalogs.en[id])]).toEqual(wanted);
    expect([id, values(catalogs["zh-Hant"][id])]).toEqual(wanted);
  }
});

test("[WE10] every word is used", async () => {
  const text = await source();
  const prefixes = [...text.matchAll(built), ...text.matchAll(/=\{?`(emoji\.group)\$\{/g)].map((found) => found[1] ?? "");
  const unused = ids.filter((id) => !text.includes(`"${id}"`) && !prefixes.some((prefix) => id.startsWith(prefix)));
  expect(unused).toEqual([]);
});

test("[WE10] no word is said twice over, so that none of them goes stale", () => {
  const named = [zhHans, ...parts.map((part) => part["zh-Hans"])].flatMap((words) => Object.keys(words));
  expect(named.filter((id, place) => named.indexOf(id) !== place)).toEqual([]);
});

test("[WE90] words that one feature alone says stand in its folder", async () => {
  const texts = await sources();
  const prefixes = [...[...texts.values()].join("\n").matchAll(built)].map((found) => found[1] ?? "");
  const core = [...Object.keys(zhHans), ...Object.keys(words["zh-Hans"])];
  const others = core.flatMap((id) => {
    if (prefixes.some((prefix) => id.startsWith(prefix))) return [];
    const said = [...texts].filter(([, text]) => text.includes(`"${id}"`)).map(([file]) => file);
    const rooms = new Set(said.map((file) => /^features\/[^/]+\//.exec(file)?.[0] ?? "core"));
    return rooms.size === 1 && !rooms.has("core") ? [`${[...rooms].join()}: ${id}`] : [];
  });
  expect(others).toEqual([]);
});

test("[WE12] [WE90] [WE94] what a first screen says is among the words that come with it", async () => {
  const first = new Set([...Object.keys(zhHans), ...files.flatMap((words) => words.first ?? [])]);
  const said = await Promise.all([...(await firstFiles())].map((file) => Bun.file(file).text()));
  const late = ids.filter((id) => !first.has(id) && said.some((text) => text.includes(`"${id}"`)));
  expect(late).toEqual([]);
});

/** What the first screens import, and what that imports; what is loaded later is no part of it. */
async function firstFiles(): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const screens = ["welcome", "chats", "conversation"].map((name) => `screens/${name}.tsx`);
  const waiting = ["main.tsx", ...screens, ...filesOfPart(src, "reading")].map((file) => resolve(src, file));
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (found.has(file) || !/\.tsx?$/.test(file)) continue;
    found.add(file);
    const text = await Bun.file(file).text();
    for (const [, specifier = ""] of text.matchAll(/^(?:(?:import|export) (?!type )[^"();]*|\} from )"(\.[^"]+)";/gm))
      waiting.push(resolve(dirname(file), specifier));
  }
  return found;
}

test("[WE10] no word frightens: nothing is encrypted, synced or invalid on screen", () => {
  const forbidden = /decrypt|encrypt|cipher|\btoken\b|\bsync|invalid|\bsorry\b|\boops\b|解密|密钥|密鑰|加密|無效|无效/i;
  for (const catalog of Object.values(catalogs)) {
    for (const words of Object.values(catalog)) expect(words).not.toMatch(forbidden);
  }
});

test("[WE50] everybody is spoken to in one way: 你, never 您", () => {
  for (const locale of ["zh-Hans", "zh-Hant"] as const)
    expect(Object.entries(catalogs[locale]).filter(([, words]) => words.includes("您"))).toEqual([]);
});

test("[WE50] the guides speak to their readers in the same way", async () => {
  const top = `${import.meta.dir}/../../../..`;
  for (const file of ["README.md", ...new Glob("docs/guide/zh/*.md").scanSync({ cwd: top })])
    expect([file, (await Bun.file(`${top}/${file}`).text()).includes("您")]).toEqual([file, false]);
});

test("[WE50] help that names rows names those that are there", () => {
  for (const catalog of Object.values(catalogs))
    expect(catalog["link.how"]?.split(" › ")).toEqual(["tab.me", "me.devices", "devices.link"].map((id) => catalog[id] ?? ""));
});

test("[WE68] what keeps and carries messages is called the server, in one word everywhere", () => {
  const named = { "zh-Hans": /家里|别家/, "zh-Hant": /家裡|別家/, en: /\b(?:home can|reach home|another home|home server|by home)\b/i };
  for (const locale of ["zh-Hans", "zh-Hant", "en"] as const)
    expect(Object.entries(catalogs[locale]).filter(([, words]) => named[locale].test(words))).toEqual([]);
});

test("[WE10] the browser's languages choose ours", () => {
  expect(matchLocale(["zh-TW", "en"])).toBe("zh-Hant");
  expect(matchLocale(["zh-HK"])).toBe("zh-Hant");
  expect(matchLocale(["zh-CN"])).toBe("zh-Hans");
  expect(matchLocale(["zh"])).toBe("zh-Hans");
  expect(matchLocale(["zh-Hans-HK"])).toBe("zh-Hans");
  expect(matchLocale(["fr", "en-GB"])).toBe("en");
  expect(matchLocale(["fr"])).toBe("en");
});
