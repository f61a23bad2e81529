/**
 * Notifications end to end: our own push host stands in for the browser's push service (which would be a third party),
 * and what it receives is handed to the real service worker.
 */
import { type CDPSession, expect, type Page, test } from "@playwright/test";
import { type BrowserSubscription, PushHost } from "@yanshu/testing/push-host";
import { BrowserSetup, kept, phone } from "./browser-setup.ts";
import { befriend, goes, home, isAccessible, looksAway, sees, shot, write } from "./people.ts";

test("[PU7] [PU8] [PU11] [PU17] [CA258] [CA261] [F-1d-2] [F-2j-6] turned on, tried out, and told of messages: by name where a window lives, without where none does", {
  tag: "@long",
}, async ({ browser }) => {
  test.setTimeout(180_000);
  const host = await PushHost.open();
  const setup = await BrowserSetup.start(browser, ["--push-loopback", "yes"]);
  try {
    const [mum, kid] = [await setup.resident(phone, undefined, kept), await setup.resident(phone)];
    const origin = `http://localhost:${setup.port}`;
    const given = host.subscribe();
    await mum.context().grantPermissions(["notifications"], { origin });
    await subscribesAt(mum, given);
    await setup.settle(mum, "妈妈");
    await befriend(setup, mum, kid, "Maya");
    const chat = mum.url();
    const worker = await mum.context().newCDPSession(mum);
    const registration = await registrationOf(worker, origin);
    // The next may have come by then: a call rings again after twelve seconds (PU9), also while a machine is busy.
    const deliver = async (session: CDPSession, times: number) => {
      await expect.poll(() => host.received(given).length, { timeout: 20_000 }).toBeGreaterThanOrEqual(times);
      const data = String.fromCharCode(...(host.received(given).at(times - 1)?.plain ?? []));
      await session.send("ServiceWorker.deliverPushMessage", { origin, registrationId: registration, data });
    };

    // Each step of the test succeeds, and says so.
    await goes(mum, "/me/settings");
    await mum.getByTestId("notifications").click();
    await mum.getByTestId("notices-on").click();
    await expect(mum.getByTestId("notices-on")).toHaveAttribute("aria-checked", "true");
    await mum.getByTestId("notices-test").click();
    await expect(mum.getByTestId("notices-steps")).toHaveAttribute("data-at", "arrived");
    await deliver(worker, 1);
    await expect(mum.getByTestId("notices-steps")).toHaveAttribute("data-at", "done");
    await shot(mum, "phone-notices");
    await isAccessible(mum);

    // The app is there but nobody looks: the window tells of the message by name, at most once.
    await goes(mum, chat);
    await looksAway(mum, true);
    await write(kid, "妈，我到了");
    await sees(mum, "妈，我到了");
    await expect.poll(() => told(mum)).toEqual([["Maya", "妈，我到了"]]);
    await looksAway(mum, false);
    await expect.poll(() => told(mum)).toEqual([]); // Read: it is told no longer.

    // Muted, nothing is told while a window lives.
    await mutes(mum);
    await goes(mum, chat);
    await looksAway(mum, true);
    await write(kid, "静静的一句");
    await sees(mum, "静静的一句");
    await mum.waitForTimeout(1_000); // What would be shown is shown by now, as the message before was.
    expect(await told(mum)).toEqual([]);

    // The app is closed: home wakes the device, and the service worker says that there is a message.
    const other = await mum.context().newPage();
    await other.goto("about:blank");
    await mum.close();
    await write(kid, "你关机了吗？");
    const session = await other.context().newCDPSession(other);
    await registrationOf(session, origin);
    await deliver(session, 2);
    const [sleeper] = other.context().serviceWorkers();
    const line = () =>
      sleeper?.evaluate(async () => {
        const { registration } = self as unknown as ServiceWorkerGlobalScope;
        return (await registration.getNotifications()).map(({ title, body }) => [title, body]);
      });
    await expect.poll(line, { timeout: 15_000 }).toEqual([["雁书", "有新信"]]);
    await other.goto(origin);
    await expect.poll(line).toEqual([]); // Somebody looks: it is told no longer.
    await expect(other.getByTestId("chat-row").first()).toContainText("你关机了吗？");

    // A call wakes it at once, and says so; what wakes later says that there was one; the next try of the call rings
    // anew.
    await other.goto("about:blank");
    await startsCall(kid);
    await deliver(session, 3);
    await expect.poll(line, { timeout: 15_000 }).toEqual([["Maya", "打电话来了"]]);
    // Silenced, the next ring of it makes no sound; it is not answered by that, and no window opens.
    const shown = () =>
      sleeper?.evaluate(async () => {
        const { registration } = self as unknown as ServiceWorkerGlobalScope;
        const [notice] = (await registration.getNotifications()) as (Notification & {
          readonly actions: readonly { readonly action: string; readonly title: string }[];
        })[];
        return { isSilent: notice?.silent, actions: notice?.actions.map(({ action, title }) => `${action} ${title}`) };
      });
    expect(await shown()).toEqual({ isSilent: false, actions: ["silence 静音"] });
    await sleeper?.evaluate(async () => {
      const { registration } = self as unknown as ServiceWorkerGlobalScope;
      const [notification] = await registration.getNotifications();
      if (notification === undefined) throw new Error("there is no notice");
      const tapped = new NotificationEvent("notificationclick", { notification, action: "silence" });
      const works: Promise<unknown>[] = [];
      // What a page made may wait for nothing by itself.
      Object.defineProperty(tapped, "waitUntil", { value: (work: Promise<unknown>) => works.push(work) });
      self.dispatchEvent(tapped);
      if (works.length !== 1) throw new Error("it does not stay awake");
    });
    await expect.poll(line).toEqual([]);
    const places = () =>
      sleeper?.evaluate(async () =>
        (await (await caches.open("yanshu-words")).keys()).map(({ url }) => new URL(url).pathname).sort(),
      );
    expect(await places()).toEqual(["/ring-names.json", "/words.json"]);
    // Another who calls meanwhile rings aloud.
    const ofAnother = String.fromCharCode(...(host.received(given).at(2)?.plain.slice(0, 8) ?? []));
    await session.send("ServiceWorker.deliverPushMessage", {
      origin,
      registrationId: registration,
      data: `${ofAnother}nobodyis`,
    });
    await expect.poll(line, { timeout: 15_000 }).toEqual([["雁书", "有人打电话来"]]);
    expect(await shown()).toEqual({ isSilent: false, actions: ["silence 静音"] });
    await deliver(session, 4);
    await expect.poll(line, { timeout: 15_000 }).toEqual([["Maya", "打电话来了"]]);
    expect(await shown()).toEqual({ isSilent: true, actions: [] });
    expect(other.url()).toBe("about:blank");
    const message = String.fromCharCode(...(host.received(given).at(1)?.plain ?? []));
    await session.send("ServiceWorker.deliverPushMessage", { origin, registrationId: registration, data: message });
    await expect.poll(line, { timeout: 15_000 }).toEqual([["Maya", "打过电话来"]]);
    // A call of its own: the caller may have given up the one before by now (CA30).
    if (await kid.getByTestId("call-hang-up").isVisible()) await kid.getByTestId("call-hang-up").click();
    await expect(kid.getByTestId("call-screen")).toHaveCount(0);
    await startsCall(kid);
    await other.goto(origin);
    await expect(other.getByTestId("call-incoming")).toBeVisible({ timeout: 20_000 });
    await kid.getByTestId("call-hang-up").click();
    await expect(other.getByTestId("call-incoming")).toHaveCount(0);
    await expect.poll(line).toEqual([]);
    expect(host.faults).toEqual([]);
  } finally {
    await setup.close();
    await host.close();
  }
});

test("[PU8] the app's icon counts what is unread, and does not blink for what is read at once", {
  tag: "@long",
}, async ({ browser }) => {
  test.setTimeout(120_000);
  const setup = await BrowserSetup.start(browser);
  try {
    const [mum, kid] = [await setup.resident(phone), await setup.resident(phone)];
    await mum.addInitScript(() => {
      const counts: number[] = [];
      const note = async (count?: number) => void counts.push(count ?? 0);
      Object.assign(navigator, { setAppBadge: note, clearAppBadge: note });
      Object.assign(globalThis, { counts });
    });
    const counts = () => mum.evaluate(() => (globalThis as unknown as { counts: number[] }).counts);
    await setup.settle(mum, "妈妈");
    await befriend(setup, mum, kid, "Maya");
    const chat = mum.url();
    for (const text of ["一", "二", "三"]) {
      await write(kid, text);
      await sees(mum, text);
    }
    await mum.waitForTimeout(1_000); // Longer than the icon waits.
    expect((await counts()).filter((count) => count > 0)).toEqual([]);
    await goes(mum, "/chats");
    await write(kid, "在吗？");
    await expect.poll(async () => (await counts()).at(-1)).toBe(1);
    await goes(mum, chat);
    await expect.poll(async () => (await counts()).at(-1)).toBe(0);
  } finally {
    await setup.close();
  }
});

async function startsCall(page: Page): Promise<void> {
  await page.getByTestId("plus-open").click();
  await page.getByTestId("plus-call-voice").click();
  await expect(page.getByTestId("call-screen")).toBeVisible();
}

/** What the browser would hand out after asking its push service. */
async function subscribesAt(page: Page, { endpoint, key, secret }: BrowserSubscription): Promise<void> {
  await page.context().addInitScript(
    ({ endpoint, key, secret }) => {
      const held = {
        endpoint,
        options: { applicationServerKey: null, userVisibleOnly: true },
        getKey: (name: string) => Uint8Array.from(name === "auth" ? secret : key).buffer,
        unsubscribe: async () => true,
      };
      if (!("PushManager" in globalThis)) return;
      Object.assign(PushManager.prototype, { subscribe: async () => held, getSubscription: async () => held });
    },
    { endpoint, key: [...key], secret: [...secret] },
  );
}

async function registrationOf(session: CDPSession, origin: string): Promise<string> {
  const found = new Promise<string>((resolve) => {
    session.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const own = registrations.find(({ scopeURL }) => scopeURL.startsWith(origin));
      if (own !== undefined) resolve(own.registrationId);
    });
  });
  await session.send("ServiceWorker.enable");
  return found;
}

async function told(page: Page): Promise<[string, string][]> {
  return page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    return (await registration.getNotifications()).map(({ title, body }): [string, string] => [title, body]);
  });
}

async function mutes(page: Page): Promise<void> {
  await home(page);
  await page.getByTestId("chat-row").first().click({ button: "right" });
  await page.getByTestId("row-mute").click();
}
