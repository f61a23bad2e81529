/**
 * A family that knows each other already, for tests that begin there: signing up and becoming friends costs each person
 * as much work as most tests do. It is played once a test process, through the screens as everywhere; each test has a
 * copy of what home and everybody's browser kept of it.
 */
import { rmSync } from "node:fs";
import { cp, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, type Page, test } from "@playwright/test";
import { BrowserSetup, type Look, phone } from "./browser-setup.ts";
import { befriend, home } from "./people.ts";

/** The first of them is everybody's friend. */
const families = {
  "妈妈 Maya": ["妈妈", "Maya"],
  "妈妈 Maya 爸爸": ["妈妈", "Maya", "爸爸"],
  "妈妈 爸爸": ["妈妈", "爸爸"],
} as const;
type Families = typeof families;
export type FamilyName = keyof Families;
type PageEach<People extends readonly unknown[]> = { -readonly [Nth in keyof People]: Page };

/** How the setup stood when everybody had gone to bed. */
type Kept = {
  readonly port: number;
  readonly data: string;
  readonly folder: string;
  readonly places: readonly string[];
};

type How = Look | { readonly look: Look; readonly more: BrowserContextOptions };

const kept = new Map<FamilyName, Promise<Kept>>();

/** One page each, in that order, in the chat with whom they met last. @param hows in which looks. */
export async function familyIn<Name extends FamilyName>(
  browser: Browser,
  name: Name,
  hows: readonly How[],
  args: readonly string[] = [],
): Promise<{ readonly setup: BrowserSetup; readonly people: PageEach<Families[Name]> }> {
  const asLeft = kept.get(name) ?? played(browser, name);
  kept.set(name, asLeft);
  const left = await asLeft;
  const setup = await BrowserSetup.again(browser, left, args);
  const people: Page[] = [];
  for (const [n, place] of left.places.entries()) {
    const how = hows[n] ?? phone;
    const [look, more] = "look" in how ? [how.look, how.more] : [how, {}];
    const folder = join(setup.data, "browsers", `${n}`);
    await cp(join(left.folder, `${n}`), folder, { recursive: true });
    const page = await setup.resident(look, folder, more);
    await page.goto(place);
    await page.getByTestId("conversation").waitFor();
    people.push(page);
  }
  return { setup, people: people as never };
}

/**
 * A family for all tests of a `describe`, one after another in one setup and one look.
 *
 * @param met is called once they are there, before the first test.
 * @returns the words of their language, for what they look for on the screen.
 */
export function familyOf<Name extends FamilyName>(
  name: Name,
  look: Look,
  met: (people: PageEach<Families[Name]>, setup: BrowserSetup) => unknown,
): (hans: string, en: string) => string {
  let setup: BrowserSetup | undefined;
  test.beforeAll(async ({ browser }) => {
    test.setTimeout(240_000);
    const family = await familyIn(
      browser,
      name,
      families[name].map(() => look),
    );
    setup = family.setup;
    await met(family.people, family.setup);
  });
  test.afterAll(() => setup?.close());
  const isChinese = look.locale === "zh-CN";
  return (hans, en) => (isChinese ? hans : en);
}

async function played(browser: Browser, name: FamilyName): Promise<Kept> {
  const folder = await mkdtemp(join(tmpdir(), "yanshu-family-"));
  const setup = await BrowserSetup.start(browser);
  process.on("exit", () => {
    for (const one of [folder, setup.data]) rmSync(one, { recursive: true, force: true });
  });
  const [first, ...others] = families[name];
  const one = await setup.resident(phone, join(folder, "0"));
  await setup.settle(one, first);
  const people = [one];
  for (const [n, other] of others.entries()) {
    const page = await setup.resident(phone, join(folder, `${n + 1}`));
    if (n > 0) await home(one);
    await befriend(setup, one, page, other);
    people.push(page);
  }
  const places = people.map((page) => page.url());
  // In the language and the light of whatever browser they open it in next.
  for (const page of people) await page.evaluate(() => localStorage.removeItem("yanshu.prefs"));
  await setup.leave();
  return { port: setup.port, data: setup.data, folder, places };
}
