/**
 * R1.7 for calls of groups: what the unit that forwards their media has of them, and what it can do with it. Three real
 * browsers, and the real unit behind the real relay in the hands of an operator who cheats
 * (packages/testing/src/evidence/evil/media.ts): nobody hears in its opened packets what was whistled, packets that it
 * plays again are heard by nobody, and of two whom it exchanges each is named right. Beside it somebody whose changed
 * browser seals nothing: the same ear hears them. What is printed here is judged by the evidence
 * (packages/testing/src/evidence/claims/forwarded.ts).
 */
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import type { MediaFigures, MediaOrders } from "@yanshu/testing/evil-media";
import { BrowserSetup, desktop, phone } from "./browser-setup.ts";
import { befriend, home, makeGroup, opens } from "./people.ts";
import { ear, whistles } from "./whistle.ts";

const evil = join(import.meta.dirname, "../../testing/src/evidence/evil/media.ts");
const replays = 80;
/** Twenty of each voice: as many as are played again. */
const lostOnes = 40;

type Counts = { readonly opened: number; readonly refused: number; readonly replayed: number; readonly noKey: number };
type Hooks = { counts: Counts | undefined; told: number; owners: (readonly [number, number])[]; isBare: boolean };

/** What the page's sealing worker tells is kept; `isBare`: this browser was changed, and seals no voice. */
async function prepare(page: Page, volume: number): Promise<void> {
  await whistles(page, volume);
  await page.evaluate(() => {
    const hooks: Hooks = { counts: undefined, told: 0, owners: [], isBare: false };
    Object.assign(window, { hooks });
    window.Worker = class extends Worker {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        this.addEventListener("message", ({ data }) => {
          if (data?.kind === "counts") {
            hooks.counts = data;
            hooks.told++;
          } else if (data?.kind === "owners") hooks.owners = data.seats;
        });
      }
    };
    const own = Object.getOwnPropertyDescriptor(RTCRtpSender.prototype, "transform");
    Object.defineProperty(RTCRtpSender.prototype, "transform", {
      ...own,
      set(this: RTCRtpSender, transform: unknown) {
        if (!hooks.isBare) own?.set?.call(this, transform);
      },
    });
  });
}

const hooksOf = (page: Page) => page.evaluate(() => (window as unknown as { hooks: Hooks }).hooks);

const tile = (page: Page, name: string) => page.locator(`[data-testid=group-call-tile][data-name="${name}"]`);

test("[CA92] [CA101] [CA113] R1.7: who forwards a group's call hears nothing of it, and neither plays it again nor gives one's voice to another", async ({
  browser,
}) => {
  test.setTimeout(240_000);
  const folder = mkdtempSync(join(tmpdir(), "yanshu-forwarded-"));
  writeFileSync(join(folder, "bunfig.toml"), `preload = [${JSON.stringify(evil)}]\n`);
  const orders = (order: MediaOrders) => {
    writeFileSync(join(folder, "orders.part"), JSON.stringify(order));
    renameSync(join(folder, "orders.part"), join(folder, "orders.json"));
  };
  const figures = (): MediaFigures => {
    try {
      return JSON.parse(readFileSync(join(folder, "figures.json"), "utf8")) as MediaFigures;
    } catch {
      return { voices: {}, replayed: 0, swapped: 0 }; // Nobody joined yet.
    }
  };
  const kept = (seat: number) => (figures().voices[seat] ?? []).map((text) => [...Buffer.from(text, "base64")]);
  const setup = await BrowserSetup.start(browser, [], { workshop: folder });
  try {
    const [mum, ben, maya] = [await setup.resident(phone), await setup.resident(phone), await setup.resident(desktop)];
    await setup.settle(mum, "妈妈");
    await befriend(setup, mum, ben, "Ben");
    await befriend(setup, mum, maya, "Maya");
    await home(mum);
    await makeGroup(mum, "一家人");
    for (const one of [ben, maya]) await opens(one, "一家人");
    await prepare(mum, 0);
    await prepare(ben, 0.5);
    await prepare(maya, 0);
    await mum.getByTestId("plus-open").click();
    await mum.getByTestId("plus-call-voice").click();
    await mum.getByTestId("group-call-start").click();
    for (const [one, name] of [
      [ben, "Ben"],
      [maya, "Maya"],
    ] as const) {
      await one.getByTestId("group-call-answer").click({ timeout: 20_000 });
      await expect(tile(mum, name)).toBeVisible({ timeout: 20_000 });
    }
    const slots = async () => new Map((await hooksOf(mum)).owners);
    await expect.poll(async () => (await slots()).size, { timeout: 40_000 }).toBe(2);
    await expect(tile(mum, "Ben")).toHaveClass(/speaking/, { timeout: 20_000 });
    const [mumSeat = 0, benSeat = 0] = Object.keys(figures().voices)
      .map(Number)
      .toSorted((a, b) => a - b);

    // What it has, its SRTP opened.
    await expect.poll(() => kept(benSeat).length, { timeout: 20_000 }).toBeGreaterThanOrEqual(300);
    const sealed = kept(benSeat);

    // Old packets in the place of new ones. The worker tells its counts each second: four alike are calm.
    const calm = async (): Promise<Counts> => {
      for (let [alike, before] = [0, await hooksOf(mum)]; ; ) {
        await expect.poll(async () => (await hooksOf(mum)).told, { timeout: 10_000 }).toBeGreaterThan(before.told);
        const now = await hooksOf(mum);
        alike = now.counts?.opened === before.counts?.opened ? alike + 1 : 0;
        if (now.counts !== undefined && alike >= 3) return now.counts;
        before = now;
      }
    };
    // Of two voices. The first time around brings what a busy machine lost, which is new there; after that nothing is.
    const replay = async (count: number): Promise<Counts> => {
      orders({ to: mumSeat, do: "replay", count: count / 2 });
      await expect.poll(() => figures().replayed, { timeout: 20_000 }).toBe(count);
      orders({ to: mumSeat, do: "hold", count: 0 });
      return calm();
    };
    orders({ to: mumSeat, do: "hold", count: 0 });
    await calm();
    const before = await replay(lostOnes);
    const after = await replay(lostOnes + replays);
    const again = after.opened - before.opened;
    const refused = after.replayed - before.replayed;

    // Two who are exchanged: Ben, who whistles, comes where Maya was, who is silent.
    orders({ to: mumSeat, do: "honest", count: 0 });
    await expect(tile(mum, "Ben")).toHaveClass(/speaking/, { timeout: 20_000 });
    const own = await slots();
    orders({ to: mumSeat, do: "swap", count: 0 });
    const swapped = async () => {
      const now = await slots();
      return [...own].filter(([slot, seat]) => now.has(slot) && now.get(slot) !== seat).length;
    };
    await expect.poll(swapped, { timeout: 20_000 }).toBe(2);
    const isLit = async (name: string) => (await tile(mum, name).getAttribute("class"))?.includes("speaking") === true;
    // What was loud before is played out by then, in ten looks.
    let dark = 0;
    await expect
      .poll(async () => (dark = (await isLit("Maya")) ? 0 : dark + 1), { timeout: 20_000, intervals: [150] })
      .toBeGreaterThan(10);
    let [lit, wrong] = [0, 0];
    for (let look = 0; look < 20; look++) {
      if (await isLit("Ben")) lit++;
      if (await isLit("Maya")) wrong++;
      await mum.waitForTimeout(150);
    }
    const exchanged = figures().swapped;
    orders({ to: mumSeat, do: "honest", count: 0 });

    // The control: a browser that was changed and seals nothing whistles through the same unit.
    await maya.getByTestId("group-call-leave").click();
    await expect(tile(mum, "Maya")).toHaveCount(0, { timeout: 20_000 });
    await maya.evaluate(() => {
      Object.assign(window, { whistle: Object.assign((window as never)["whistle"], { volume: 0.5 }) });
      (window as unknown as { hooks: Hooks }).hooks.isBare = true;
    });
    const seatsBefore = Object.keys(figures().voices);
    await maya.getByTestId("group-call-join").click();
    const bareSeat = () => Object.keys(figures().voices).find((seat) => !seatsBefore.includes(seat));
    await expect.poll(() => kept(Number(bareSeat() ?? -1)).length, { timeout: 40_000 }).toBeGreaterThanOrEqual(300);
    const bare = kept(Number(bareSeat()));
    const [heard, control] = [await ear(mum, sealed), await ear(mum, bare)];

    console.log(
      `R1.7 sfu ${sealed.length} packets, tone ${heard.share.toFixed(4)}, control ${control.share.toFixed(4)} of ${control.seconds.toFixed(1)} s`,
    );
    console.log(`R1.7 replay ${again} of ${replays} heard, ${refused} refused`);
    console.log(`R1.7 swap ${exchanged} packets, ${wrong} of 20 looks wrong, ${lit} right`);
    expect(control.share).toBeGreaterThan(0.8);
    expect(heard.share).toBeLessThan(0.2);
    expect([again, wrong]).toEqual([0, 0]);
    expect(refused).toBeGreaterThan(replays / 2);
    expect(lit).toBeGreaterThan(0);
  } finally {
    await setup.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
