/** Times as people say them, in each language. */
import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { whenWords } from "../features/helpers/when.ts";
import { clock, daysAgo, isoTime, lineTime, listTime, shortCount, untilWords } from "./time.ts";

const now = new Date(2026, 10, 24, 15, 0).getTime(); // A Tuesday.
const at = (day: number, hour: number, minute = 0) => new Date(2026, 10, day, hour, minute).getTime();
const zh = { today: "今天", yesterday: "昨天" };
const en = { today: "Today", yesterday: "Yesterday" };

test("[WE9] a list says the clock today, then yesterday, the weekday, the date", () => {
  expect(listTime(at(24, 9, 12), now, "zh-Hans", zh)).toBe("09:12");
  expect(listTime(at(23, 23, 59), now, "zh-Hans", zh)).toBe("昨天");
  expect(listTime(at(21, 9), now, "zh-Hans", zh)).toBe("星期六");
  expect(listTime(at(21, 9), now, "en", en)).toBe("Sat");
  expect(listTime(at(10, 9), now, "zh-Hant", zh)).toBe("11/10");
  expect(listTime(new Date(2025, 4, 3).getTime(), now, "zh-Hans", zh)).toBe("2025/5/3");
  expect(listTime(new Date(2025, 4, 3).getTime(), now, "en", en)).toBe("5/3/2025");
});

test("[WE9] a line between messages says day and clock", () => {
  expect(lineTime(at(24, 9, 12), now, "zh-Hans", zh)).toBe("今天 09:12");
  expect(lineTime(at(24, 0, 5), now, "zh-Hans", zh)).toBe("今天 00:05"); // Never 24:05.
  expect(lineTime(at(23, 21), now, "en", en).replace(/\s/g, " ")).toBe("Yesterday 9:00 PM");
});

test("[WE9] days are calendar days, not spans of 24 hours", () => {
  expect(daysAgo(at(23, 23, 59), at(24, 0, 1))).toBe(1);
  expect(daysAgo(at(24, 0, 1), at(24, 23, 59))).toBe(0);
  expect(daysAgo(at(25, 1), at(24, 23))).toBe(-1); // A sender's clock that runs ahead.
});

test("[WE9] counts are short: 1.2万, 1.2萬, 12K", () => {
  expect(shortCount(9_999, "zh-Hans")).toBe("9999");
  expect(shortCount(12_345, "zh-Hans")).toBe("1.2万");
  expect(shortCount(12_345, "zh-Hant")).toBe("1.2萬");
  expect(shortCount(12_345, "en")).toBe("12K");
  expect(clock(at(24, 15), "zh-Hant")).toBe("15:00");
});

test("[WE93] a time beyond every calendar, as somebody else may say it, is shown as the last one", () => {
  const far = [Number.MAX_SAFE_INTEGER, 8.64e15 + 1, 8.64e15, -8.64e15, -Number.MAX_SAFE_INTEGER, Number.NaN];
  for (const ms of far)
    for (const locale of ["zh-Hans", "zh-Hant", "en"] as const) {
      expect(clock(ms, locale)).toMatch(/^\d+:\d\d/);
      for (const words of [lineTime(ms, now, locale, en), listTime(ms, now, locale, en), untilWords(ms, locale)])
        expect(words).not.toMatch(/NaN|Invalid/);
      expect(lineTime(now, ms, locale, en)).not.toMatch(/NaN|Invalid/);
    }
  expect(isoTime(Number.MAX_SAFE_INTEGER)).toMatch(/^\+275760-/);
});

test("[WE93] whichever screen shows a time: no other file makes one of another's into words by itself", () => {
  const root = join(import.meta.dir, "..");
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((path) => /\.tsx?$/.test(path));
  const own = /new Date\((nowMs)?\)\.toISOString/g;
  const found = files.filter((path) => {
    if (path === join("kit", "time.ts") || path.endsWith(".test.ts")) return false;
    return /\.toISOString|DateTimeFormat\(/.test(readFileSync(join(root, path), "utf8").replaceAll(own, ""));
  });
  expect(files.length).toBeGreaterThan(100);
  expect(found).toEqual([]);
});

test("[WE93] [ID39] what home says of when a request is due takes no screen away, whatever it says", () => {
  expect(whenWords(Number.MAX_SAFE_INTEGER + Date.now())).not.toMatch(/NaN|Invalid/);
});
