/**
 * A family that knows each other already, for tests that begin there: signing up and becoming friends costs each person
 * as much work as most tests do. It is played once in the whole run, through the screens as everywhere; each test has a
 * copy of what home and everybody's browser kept of it.
 */
import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, type Page, test } from "@playwright/test";
import { BrowserSetup, type Look, phone } from "./browser-setup.ts";
import { befriend, home, makeGroup, opens } from "./people.ts";
import { runFolder } from "./run-folder.ts";

type Family = {
  /** The first of them is everybody's friend. */
  readonly people: readonly string[];
  /** A group of all of them, in whose chat everybody is then. */
  readonly group?: string;
};

const families = {
  "妈妈 Maya": { people: ["妈妈", "Maya"] },
  "妈妈 Maya 爸爸": { people: ["妈妈", "Maya", "爸爸"] },
  "妈妈 爸爸": { people: ["妈妈", "爸爸"] },
  "妈妈 Maya Ben 一家人": { people: ["妈妈", "Maya", "Ben"], group: "一家人" },
} as const satisfies Record<string, Family>;
type Families = typeof families;
export type FamilyName = keyof Families;
type PageEach<People extends readonly unknown[]> = { -readonly [Nth in keyof People]: Page };
type PagesOf<Name extends FamilyName> = PageEach<Families[Name]["people"]>;

/** How the setup stood when everybody had gone to bed. */
type Kept = {
  readonly port: number;
  /** Holds what the server kept (`data`), and each one's browser, by its number. */
  readonly folder: string;
  readonly places: readonly string[];
};

/** A page is opened anew while others work: on a busy machine that takes longer than any tap. */
const openMs = 120_000;

/** How often this process entered a family. */
let entered = 0;

type How = Look | { readonly look: Look; readonly more: BrowserContextOptions };

/**
 * One page each, in that order, in the chat with whom they met last, or of their group.
 *
 * @param hows in which looks.
 */
export async function familyIn<Name extends FamilyName>(
  browser: Browser,
  name: Name,
  hows: readonly How[],
  args: readonly string[] = [],
): Promise<{ readonly setup: BrowserSetup; readonly people: PagesOf<Name> }> {
  // Setups that stand at the same time have the same port, each at an address of its own.
  const at = `127.0.${test.info().parallelIndex + 1}.${(entered++ % 250) + 1}`;
  return enter<Name>(browser, await playedOnce(browser, name), { hows, args, at });
}

/**
 * The same of a family that this test alone has, for a server that others find at `localhost`: other servers, and
 * terminals.
 */
export async function ownFamilyIn<Name extends FamilyName>(
  browser: Browser,
  name: Name,
  hows: readonly How[],
): Promise<{ readonly setup: BrowserSetup; readonly people: PagesOf<Name> }> {
  const folder = await mkdtemp(join(tmpdir(), "yanshu-family-"));
  try {
    return await enter<Name>(browser, await played(browser, name, folder), { hows, args: [], at: "127.0.0.1" });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function enter<Name extends FamilyName>(
  browser: Browser,
  left: Kept,
  { hows, args, at }: { readonly hows: readonly How[]; readonly args: readonly string[]; readonly at: string },
): Promise<{ readonly setup: BrowserSetup; readonly people: PagesOf<Name> }> {
  const setup = await BrowserSetup.again(browser, { port: left.port, data: join(left.folder, "data") }, args, at);
  const people = await Promise.all(
    left.places.map(async (place, n) => {
      const how = hows[n] ?? phone;
      const [look, more] = "look" in how ? [how.look, how.more] : [how, {}];
      const folder = join(setup.data, "browsers", `${n}`);
      await cp(join(left.folder, `${n}`), folder, { recursive: true });
      const page = await setup.resident(look, folder, more);
      await page.goto(place, { timeout: openMs });
      const shown = new URL(place).pathname === "/" ? "chats" : "conversation";
      await page.getByTestId(shown).waitFor({ timeout: openMs });
      return page;
    }),
  );
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
  met: (people: PagesOf<Name>, setup: BrowserSetup) => unknown,
): (hans: string, en: string) => string {
  let setup: BrowserSetup | undefined;
  test.beforeAll(async ({ browser }) => {
    test.setTimeout(240_000);
    const family = await familyIn(
      browser,
      name,
      families[name].people.map(() => look),
    );
    setup = family.setup;
    await met(family.people, family.setup);
  });
  test.afterAll(() => setup?.close());
  const isChinese = look.locale === "zh-CN";
  return (hans, en) => (isChinese ? hans : en);
}

/** By the first test of the run that needs it; the others wait for that. */
async function playedOnce(browser: Browser, name: FamilyName): Promise<Kept> {
  const folder = join(runFolder(), name);
  const [done, player] = [join(folder, "kept.json"), `${folder}.player`];
  for (;;) {
    const isMine = await marks(player);
    try {
      const kept = await readFile(done, "utf8").catch(() => undefined);
      if (kept !== undefined) return JSON.parse(kept) as Kept;
      if (isMine) {
        await rm(folder, { recursive: true, force: true }); // What another left who did not come to the end.
        const left = await played(browser, name, folder);
        await writeFile(`${done}.part`, JSON.stringify(left));
        await rename(`${done}.part`, done);
        return left;
      }
    } finally {
      if (isMine) await rm(player, { force: true });
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** @returns whether `mark` is ours now. One of a process that was ended in the middle does not count. */
async function marks(mark: string): Promise<boolean> {
  try {
    await writeFile(mark, `${process.pid}`, { flag: "wx" });
    return true;
  } catch {
    const owner = Number(await readFile(mark, "utf8").catch(() => ""));
    if (owner > 0 && !existsSync(`/proc/${owner}`)) await rm(mark, { force: true });
    return false;
  }
}

async function played(browser: Browser, name: FamilyName, folder: string): Promise<Kept> {
  const setup = await BrowserSetup.start(browser);
  const { people: names, group }: Family = families[name];
  const [first = "", ...others] = names;
  const one = await setup.resident(phone, join(folder, "0"));
  await setup.settle(one, first);
  const people = [one];
  for (const [n, other] of others.entries()) {
    const page = await setup.resident(phone, join(folder, `${n + 1}`));
    if (n > 0) await home(one);
    await befriend(setup, one, page, other);
    people.push(page);
  }
  if (group !== undefined) {
    await home(one);
    await makeGroup(one, group, others.length);
    await one.getByTestId("conversation").waitFor();
    for (const page of people.slice(1)) await opens(page, group);
  }
  const places = people.map((page) => page.url());
  // In the language and the light of whatever browser they open it in next.
  for (const page of people) await page.evaluate(() => localStorage.removeItem("yanshu.prefs"));
  await setup.leave();
  await rename(setup.data, join(folder, "data"));
  return { port: setup.port, folder, places };
}
