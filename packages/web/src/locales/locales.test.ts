/** Words: none missing, none left over, in any language. */
import { expect, test } from "bun:test";
import { Glob } from "bun";
import { messages as en } from "./en.ts";
import { type Locale, matchLocale } from "./i18n.ts";
import { messages as about } from "./parts/about.ts";
import { messages as alarm } from "./parts/alarm.ts";
import { messages as devices } from "./parts/devices.ts";
import { messages as elder } from "./parts/elder.ts";
import { messages as family } from "./parts/family.ts";
import { messages as groups } from "./parts/groups.ts";
import { messages as home } from "./parts/home.ts";
import { messages as keeping } from "./parts/keeping.ts";
import { messages as link } from "./parts/link.ts";
import { messages as lock } from "./parts/lock.ts";
import { messages as notices } from "./parts/notices.ts";
import { messages as people } from "./parts/people.ts";
import { messages as privacy } from "./parts/privacy.ts";
import { messages as recovery } from "./parts/recovery.ts";
import { messages as translate } from "./parts/translate.ts";
import { messages as vault } from "./parts/vault.ts";
import { messages as stickers } from "./parts/stickers.ts";
import { messages as guard } from "./parts/guard.ts";
import { messages as media } from "./parts/media.ts";
import { messages as zhHans } from "./zh-Hans.ts";
import { messages as zhHant } from "./zh-Hant.ts";

const parts = [media, guard, stickers, about, alarm, devices, elder, family, groups, home, keeping, link, lock, notices, people, privacy, recovery, translate, vault];
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

async function source(): Promise<string> {
  const files = [...new Glob("**/*.{ts,tsx}").scanSync({ cwd: `${import.meta.dir}/..` })].filter(
    (file) => !file.includes(".test.") && !/locales\/(en|zh-|parts)/.test(file),
  );
  return (await Promise.all(files.map((file) => Bun.file(`${import.meta.dir}/../${file}`).text()))).join("\n");
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
