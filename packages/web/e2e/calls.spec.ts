/** Calls between two people in real browsers, with Chromium's own microphone and camera: FEATURES §1d, row by row. */
import { type Browser, expect, type Page, test } from "@playwright/test";
import { type BrowserSetup, desktop, freePort, phone } from "./browser-setup.ts";
import { calls, hangsUp, hearEachOther, talks } from "./call-people.ts";
import { heard, letsPass, packetsOf, wayInUse } from "./call-ways.ts";
import { familyIn } from "./family.ts";
import { goes, home, isAccessible, opens, shot } from "./people.ts";

async function meet(browser: Browser): Promise<{ setup: BrowserSetup; mum: Page; maya: Page }> {
  const family = await familyIn(browser, "妈妈 Maya", [phone, desktop], ["--call-tcp", `${await freePort()}`]);
  const [mum, maya] = family.people;
  return { setup: family.setup, mum, maya };
}

/** Of each track of sound that is on its way: whether nothing of it comes out, whatever the other sends. */
const isSilent = (page: Page) =>
  page.evaluate(() => {
    const sound = document.querySelector<HTMLAudioElement>("#calls audio");
    const stream = sound?.srcObject as MediaStream | null;
    return stream?.getAudioTracks().map(({ enabled }) => !enabled && sound?.muted);
  });

type Hooks = {
  made: RTCPeerConnection[];
  taken: MediaStreamTrack[];
  /** Of the statistics that the page reads: what is put in their place. */
  sky?: { readonly lost?: number; readonly isSilent?: boolean };
};

/** The page's connections and tracks, so that a test may look at them and end them, and a sky of its own. */
const hook = (page: Page) =>
  page.evaluate(() => {
    const hooks: Hooks = { made: [], taken: [] };
    Object.assign(window, { hooks });
    const Own = RTCPeerConnection;
    window.RTCPeerConnection = class extends Own {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        hooks.made.push(this);
      }
    };
    const { mediaDevices } = navigator;
    const take = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = async (wanted) => {
      const stream = await take(wanted);
      hooks.taken.push(...stream.getTracks());
      return stream;
    };
    // A screen that shows one colour after the other.
    mediaDevices.getDisplayMedia = async () => {
      const canvas = document.createElement("canvas");
      const drawn = canvas.getContext("2d");
      let hue = 0;
      setInterval(() => {
        if (drawn === null) return;
        hue += 40;
        drawn.fillStyle = `hsl(${hue} 80% 50%)`;
        drawn.fillRect(0, 0, canvas.width, canvas.height);
      }, 100);
      const stream = canvas.captureStream(10);
      hooks.taken.push(...stream.getTracks());
      return stream;
    };
    const stats = Own.prototype.getStats as () => Promise<RTCStatsReport>;
    // However busy this machine is.
    const near = { currentRoundTripTime: 0.02, availableOutgoingBitrate: 2_000_000 };
    let sent = 0;
    Own.prototype.getStats = async function (this: RTCPeerConnection) {
      const report = new Map<string, Record<string, unknown>>();
      for (const [id, one] of (await stats.call(this)) as unknown as Map<string, Record<string, unknown>>) {
        const changed = { ...one };
        if (hooks.sky === undefined) Object.assign(changed, one["type"] === "candidate-pair" ? near : {});
        if (hooks.sky?.lost !== undefined && one["type"] === "remote-inbound-rtp")
          changed["fractionLost"] = hooks.sky.lost;
        if (hooks.sky?.lost !== undefined && one["type"] === "inbound-rtp") {
          sent += 100;
          changed["packetsReceived"] = sent;
          changed["packetsLost"] = Math.round(sent * hooks.sky.lost);
        }
        if (hooks.sky?.isSilent === true && one["type"] === "inbound-rtp") changed["packetsReceived"] = 1;
        report.set(id, changed);
      }
      return report as unknown as RTCStatsReport;
    } as typeof Own.prototype.getStats;
  });

const sky = (page: Page, now: Hooks["sky"]) =>
  page.evaluate((one) => {
    const { hooks } = window as unknown as { hooks: Hooks };
    if (one === undefined) delete hooks.sky;
    else hooks.sky = one;
  }, now);

/** The device is unplugged, or the browser ends it, as far as the page can tell. */
const ends = (page: Page, kind: "audio" | "video") =>
  page.evaluate((wanted) => {
    const { taken } = (window as unknown as { hooks: Hooks }).hooks;
    const track = taken.findLast((one) => one.kind === wanted);
    track?.stop();
    track?.dispatchEvent(new Event("ended"));
  }, kind);

/** Of the way that carries voice just now. */
const wayOf = (page: Page) =>
  page.evaluate(async () => {
    const { made } = (window as unknown as { hooks: Hooks }).hooks;
    const way = made.findLast((one) => one.signalingState !== "closed");
    const sdp = way?.localDescription?.sdp ?? "";
    const named = /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1];
    const stats = ((await way?.getStats()) ?? new Map()) as unknown as ReadonlyMap<unknown, Record<string, unknown>>;
    const pairs = [...stats.values()].filter((one) => one["type"] === "candidate-pair" && one["state"] === "succeeded");
    const ofPair = (pair: Record<string, unknown>) => stats.get(pair["localCandidateId"])?.["usernameFragment"];
    const [, first = ""] = /^m=audio \d+ \S+ (\d+)/m.exec(sdp) ?? [];
    const videos = way?.getSenders().filter(({ track }) => track?.kind === "video") ?? [];
    return {
      state: way?.connectionState,
      /** Of the way that was made last; and whether it leads to the other. */
      made: named,
      leads: named !== undefined && pairs.some((pair) => ofPair(pair) === named),
      codec: new RegExp(`^a=rtpmap:${first} (\\w+)/`, "m").exec(sdp)?.[1],
      asksForLost: /^a=rtcp-fb:\d+ nack\s*$/m.test(sdp.split("m=video")[0] ?? ""),
      sendsPicture: videos.some((one) => one.getParameters().encodings.some(({ active }) => active !== false)),
    };
  });

/** Voice that this browser made from what came. */
const energyOf = (page: Page) =>
  page.evaluate(async () => {
    const { made } = (window as unknown as { hooks: Hooks }).hooks;
    let energy = 0;
    for (const one of made)
      for (const [, stat] of (await one.getStats()) as unknown as Map<string, Record<string, unknown>>)
        if (stat["type"] === "inbound-rtp" && stat["kind"] === "audio") energy += Number(stat["totalAudioEnergy"] ?? 0);
    return energy;
  });

test.describe("calls", () => {
  test.describe.configure({ mode: "serial", timeout: 120_000 });
  let setup: BrowserSetup;
  let mum: Page;
  let maya: Page;

  test.beforeAll(async ({ browser }) => {
    test.setTimeout(240_000);
    ({ setup, mum, maya } = await meet(browser));
  });
  test.afterAll(() => setup.close());

  test("[F-1d-1] a video call rings, is answered, muted, made small, and leaves its record", async () => {
    await calls(mum, "Maya", "video");
    await expect(maya.getByTestId("call-incoming")).toBeVisible({ timeout: 20_000 });
    await expect(maya.getByTestId("call-incoming")).toContainText("妈妈");
    await shot(maya, "call-incoming");
    await isAccessible(maya);
    await maya.getByTestId("call-answer").click();
    for (const one of [mum, maya]) {
      await expect(one.getByTestId("call-screen")).toHaveAttribute("data-at", "talking", { timeout: 20_000 });
      await expect(one.getByTestId("call-them")).toBeVisible({ timeout: 20_000 });
      await expect.poll(() => heard(one), { timeout: 20_000 }).toBe(1);
    }
    await shot(mum, "call-video");
    await isAccessible(mum);
    await mum.getByTestId("call-mute").click();
    await expect(mum.getByTestId("call-mute")).toHaveAttribute("aria-pressed", "true");
    await expect(maya.getByText("妈妈 is muted")).toBeVisible();
    await maya.getByTestId("call-minimise").click();
    await expect(maya.getByTestId("call-float")).toBeVisible();
    await shot(maya, "call-float");
    await isAccessible(maya);
    await maya.getByTestId("call-float").click();
    await maya.getByTestId("call-hang-up").click();
    for (const one of [mum, maya]) {
      await expect(one.getByTestId("call-screen")).toHaveCount(0);
      await opens(one, one === mum ? "Maya" : "妈妈");
      await expect(one.getByTestId("call-record").last()).toHaveAttribute("data-as", "ended");
    }
    await shot(mum, "call-record");
    await isAccessible(mum);
  });

  test("[F-1d-2] [CA262] a call that is declined, and one that is given up, say so in the chat of both; one that was missed, in the list as well", async () => {
    await calls(maya, "妈妈", "voice");
    await expect(mum.getByTestId("call-incoming")).toBeVisible({ timeout: 20_000 });
    await shot(mum, "call-incoming-voice");
    await mum.getByTestId("call-decline").click();
    await expect(maya.getByTestId("call-screen")).toHaveCount(0);
    await expect(maya.getByTestId("toast")).toContainText("Declined");
    await expect(maya.getByTestId("call-record").last()).toHaveAttribute("data-as", "declined");
    await calls(maya, "妈妈", "voice");
    await expect(mum.getByTestId("call-incoming")).toBeVisible({ timeout: 20_000 });
    await maya.getByTestId("call-hang-up").click();
    await expect(mum.getByTestId("call-incoming")).toHaveCount(0);
    await home(mum);
    await expect(mum.getByTestId("missed-call")).toBeVisible();
    await expect(mum.getByTestId("chat-row").first()).toContainText("未接来电");
    await shot(mum, "call-missed-list");
    await opens(mum, "Maya");
    await expect(mum.getByTestId("call-record").last()).toHaveAttribute("data-as", "cancelled");
    await expect(mum.getByTestId("call-record").last()).toContainText("打回去");
  });

  test("[CA40] [CA259] in elder mode there is a large face, one red disc and one green; nothing covers what a call says", async () => {
    await goes(mum, "/me/settings");
    await mum.getByTestId("setting-elder").click();
    await calls(maya, "妈妈", "video");
    await expect(mum.getByTestId("call-incoming")).toBeVisible({ timeout: 20_000 });
    const boxOf = async (what: string) =>
      (await mum.locator(what).boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    const [face, no, yes] = [
      await boxOf("#calls .call-who .av"),
      await boxOf("[data-testid=call-decline] i"),
      await boxOf("[data-testid=call-answer] i"),
    ];
    expect(face.width).toBeGreaterThanOrEqual(200);
    for (const disc of [no, yes]) expect(Math.min(disc.width, disc.height)).toBeGreaterThanOrEqual(128);
    expect(no.y).toBe(yes.y);
    expect(no.x + no.width).toBeLessThan(yes.x);
    expect(yes.y + yes.height).toBeLessThan(phone.size.height);
    await expect(mum.getByTestId("call-answer-voice")).toBeHidden();
    await shot(mum, "call-elder-incoming");
    await isAccessible(mum);
    await mum.getByTestId("call-answer").click();
    await expect(mum.getByTestId("call-them")).toBeVisible({ timeout: 20_000 });
    await maya.getByTestId("call-mute").click();
    const note = mum.getByText("Maya静音了");
    await expect(note).toBeVisible();
    for (const said of [note, mum.getByTestId("call-timer")])
      expect(
        await said.evaluate((one) => {
          const { x, y, width, height } = one.getBoundingClientRect();
          return one.contains(document.elementFromPoint(x + width / 2, y + height / 2));
        }),
      ).toBe(true);
    for (const slip of ["call-mute", "call-minimise"]) await expect(mum.getByTestId(slip)).toBeHidden();
    await shot(mum, "call-elder");
    await isAccessible(mum);
    await mum.getByTestId("call-hang-up").click();
    await expect(maya.getByTestId("call-screen")).toHaveCount(0);
    // From the record one calls back here as well.
    await opens(mum, "Maya");
    await mum.getByTestId("call-record").last().click();
    await expect(maya.getByTestId("call-incoming")).toBeVisible({ timeout: 20_000 });
    await mum.getByTestId("call-hang-up").click();
    await expect(maya.getByTestId("call-incoming")).toHaveCount(0);
    await goes(mum, "/me/settings");
    await mum.getByTestId("setting-elder").click();
  });

  test("[CA42] a contact's page and, in elder mode, the big actions begin a call", async () => {
    const rings = async () => {
      await expect(maya.getByTestId("call-incoming")).toBeVisible({ timeout: 20_000 });
      await mum.getByTestId("call-hang-up").click();
      await expect(maya.getByTestId("call-incoming")).toHaveCount(0);
    };
    await goes(mum, "/contacts");
    await mum.getByTestId("contact-row").filter({ hasText: "Maya" }).click();
    await mum.getByTestId("contact-call-voice").scrollIntoViewIfNeeded();
    await shot(mum, "call-contact");
    await isAccessible(mum);
    for (const kind of ["voice", "video"]) {
      await mum.getByTestId(`contact-call-${kind}`).click();
      await rings();
    }
    await goes(mum, "/me/settings");
    await mum.getByTestId("setting-elder").click();
    await home(mum);
    await shot(mum, "call-elder-home");
    await isAccessible(mum);
    await mum.getByTestId("big-call-video").click(); // One chat alone: it is not asked with whom.
    await rings();
    await goes(mum, "/me/settings");
    await mum.getByTestId("setting-elder").click();
  });

  test("[CA41] [F-1d-6] who keeps to the relay offers no other way, as caller and as called, after the answer as well", {
    tag: "@long",
  }, async () => {
    const policies = (page: Page) =>
      page.evaluate(() => {
        const { made } = window as unknown as { made: RTCPeerConnection[] };
        return made
          .filter((one) => one.signalingState !== "closed")
          .map((one) => one.getConfiguration().iceTransportPolicy);
      });
    /** Kinds of the addresses that a page tells the other. */
    const told = (page: Page) =>
      page.evaluate(() => {
        const { made } = window as unknown as { made: RTCPeerConnection[] };
        const sdp = made.findLast((one) => one.signalingState !== "closed")?.localDescription?.sdp ?? "";
        return [...new Set([...sdp.matchAll(/^a=candidate:.* typ (\w+)/gm)].map(([, type]) => type))];
      });
    for (const page of [mum, maya])
      await page.evaluate(() => {
        const made: RTCPeerConnection[] = [];
        const Own = RTCPeerConnection;
        window.RTCPeerConnection = class extends Own {
          constructor(configuration?: RTCConfiguration) {
            super(configuration);
            made.push(this);
          }
        };
        Object.assign(window, { made });
      });
    const talk = async (from: Page, to: Page, name: string) => {
      await calls(from, name, "voice");
      await to.getByTestId("call-answer").click();
      for (const page of [from, to])
        await expect(page.getByTestId("call-screen")).toHaveAttribute("data-at", "talking", { timeout: 20_000 });
      // What is said now comes after all that the answer began.
      await from.getByTestId("call-mute").click();
      await expect(to.locator(".call-note")).toBeVisible();
    };
    const over = async (page: Page, other: Page) => {
      await page.getByTestId("call-hang-up").click();
      await expect(other.getByTestId("call-screen")).toHaveCount(0);
    };
    await talk(mum, maya, "Maya");
    for (const page of [mum, maya]) {
      await expect.poll(() => policies(page)).toEqual(["all"]);
      await expect.poll(() => told(page), { timeout: 20_000 }).toContain("host");
    }
    await over(mum, maya);

    await goes(mum, "/me/settings/privacy");
    await mum.getByTestId("setting-relay").click();
    await expect(mum.getByTestId("setting-relay")).toHaveAttribute("aria-checked", "true");
    await shot(mum, "call-privacy");
    await isAccessible(mum);
    await talk(mum, maya, "Maya");
    for (const page of [mum, maya]) expect([await policies(page), await told(page)]).toEqual([["relay"], ["relay"]]);
    await over(mum, maya);
    await talk(maya, mum, "妈妈");
    expect(await policies(mum)).toEqual(["relay"]);
    await over(maya, mum);
    await goes(mum, "/me/settings/privacy");
    await mum.getByTestId("setting-relay").click();
    await expect(mum.getByTestId("setting-relay")).toHaveAttribute("aria-checked", "false");
  });

  test("[F-1d-1] [CA10] [CA232] two hear each other directly, and through the relay alone, by UDP, and by TCP where nothing else passes", async () => {
    for (const way of ["direct", "udp", "tcp"] as const) {
      for (const page of [mum, maya]) await letsPass(page, way);
      await talks(mum, maya, "Maya", "voice");
      for (const page of [mum, maya]) await expect.poll(() => wayInUse(page), { timeout: 20_000 }).toBe(way);
      await hearEachOther(mum, maya);
      await hangsUp(mum, maya);
    }
    for (const page of [mum, maya]) await letsPass(page, undefined);
  });

  test("[F-1d-6] [CA211] before somebody answers nothing but the relay is a way, nobody's address is told, and nothing is heard", async () => {
    const sdps: string[] = [];
    await mum.exposeFunction("tellSdp", (sdp: string) => sdps.push(sdp));
    await mum.evaluate(() => {
      const own = RTCPeerConnection.prototype;
      const set = own.setRemoteDescription as (one: RTCSessionDescriptionInit) => Promise<void>;
      own.setRemoteDescription = function (this: RTCPeerConnection, description: RTCSessionDescriptionInit) {
        (window as unknown as { tellSdp: (sdp: string) => void }).tellSdp(description.sdp ?? "");
        return set.call(this, description);
      } as typeof own.setRemoteDescription;
    });
    await calls(mum, "Maya", "voice");
    await expect(maya.getByTestId("call-incoming")).toBeVisible({ timeout: 20_000 });
    await expect.poll(() => sdps.length, { timeout: 20_000 }).toBeGreaterThan(0);
    const candidates = (sdps[0] ?? "").match(/^a=candidate:.*$/gm) ?? [];
    expect(candidates.length).toBeGreaterThan(0);
    for (const one of candidates) expect(one).toContain("typ relay");
    expect(sdps[0]).not.toContain("audio-level");
    await expect.poll(() => isSilent(maya), { timeout: 20_000 }).toEqual([true]);
    await mum.getByTestId("call-hang-up").click();
    await expect(maya.getByTestId("call-incoming")).toHaveCount(0);
  });

  test("[F-1d-4] [CA121] the screen is shared in the camera's place, and the camera comes back when that ends", async () => {
    for (const page of [mum, maya]) await hook(page);
    await talks(mum, maya, "Maya", "video");
    await expect(maya.getByTestId("call-them")).toBeVisible({ timeout: 20_000 });
    await mum.getByTestId("call-more").click();
    await shot(mum, "call-more");
    await isAccessible(mum);
    await mum.getByTestId("call-share").click();
    await expect(mum.locator(".call-note")).toContainText("正在共享屏幕");
    await expect(maya.locator(".call-note")).toContainText("妈妈’s screen");
    await shot(mum, "call-sharing");
    await shot(maya, "call-screen-shared");
    await ends(mum, "video"); // By the browser's own bar.
    await expect(mum.locator(".call-note")).toHaveCount(0);
    await expect(maya.locator(".call-note")).toHaveCount(0);
    await expect(maya.getByTestId("call-them")).toBeVisible();
    await expect(mum.getByTestId("call-flip")).toBeVisible();
  });

  test("[F-1d-4] [CA122] the sound comes out where one chooses, and the call moves into a window above others", async () => {
    // As where two are plugged in, and the browser has a window with a page in it.
    await mum.evaluate(() => {
      const out = (deviceId: string, label: string) => ({ kind: "audiooutput", deviceId, label, groupId: "" });
      navigator.mediaDevices.enumerateDevices = async () =>
        [out("default", "Default"), out("a", "喇叭"), out("b", "耳机")] as unknown as MediaDeviceInfo[];
      const chosen: string[] = [];
      HTMLMediaElement.prototype.setSinkId = async (id: string) => void chosen.push(id);
      const frame = document.createElement("iframe");
      Object.assign(frame.style, {
        position: "fixed",
        top: "0",
        left: "0",
        width: "240px",
        height: "300px",
        zIndex: "99",
      });
      Object.assign(window, { chosen });
      const requestWindow = async () => {
        document.body.append(frame);
        const made = frame.contentWindow as Window;
        made.close = () => frame.remove();
        return made;
      };
      Object.defineProperty(window, "documentPictureInPicture", { value: { requestWindow }, configurable: true });
      navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
    });
    await mum.getByTestId("call-more").click();
    await expect(mum.getByTestId("call-speaker")).toHaveCount(3);
    await mum.getByTestId("call-speaker").filter({ hasText: "耳机" }).click();
    await expect.poll(() => mum.evaluate(() => (window as unknown as { chosen: string[] }).chosen.at(-1))).toBe("b");
    await shot(mum, "call-more-speakers");
    await isAccessible(mum);
    await mum.getByTestId("call-pip").click();
    const float = mum.frameLocator("iframe");
    await expect(float.getByTestId("call-pip-window")).toContainText("Maya");
    await shot(mum, "call-pip");
    await float.getByRole("button", { name: "静音" }).click();
    await expect(maya.getByText("妈妈 is muted")).toBeVisible();
    await float.getByRole("button", { name: "取消静音" }).click();
    await expect(maya.getByText("妈妈 is muted")).toHaveCount(0);
  });

  test("[F-1d-4] [CA123] a microphone that is unplugged gives its place to another; without one the other is told", async () => {
    const before = await energyOf(maya);
    await ends(mum, "audio");
    await expect(mum.getByTestId("toast")).toContainText("麦克风换了一个");
    await expect.poll(() => energyOf(maya), { timeout: 20_000 }).toBeGreaterThan(before);
    await mum.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no", "NotFoundError"));
    });
    await ends(mum, "audio");
    await expect(mum.getByTestId("toast").filter({ hasText: "听不见你" })).toBeVisible();
    await expect(maya.getByText("妈妈 is muted")).toBeVisible();
    await hangsUp(maya, mum);
    await expect(mum.locator("iframe")).toHaveCount(0);
    await mum.reload(); // There is a microphone again.
    await home(mum);
  });

  test("[F-1d-7] [CA124] [CA125] over a weak network the picture is left out, voice is sent twice, and the screen says so", {
    tag: "@long",
  }, async () => {
    await hook(mum);
    await talks(mum, maya, "Maya", "video");
    await expect(maya.getByTestId("call-them")).toBeVisible({ timeout: 20_000 });
    expect(await wayOf(mum)).toMatchObject({
      state: "connected",
      sendsPicture: true,
      codec: "opus",
      asksForLost: true,
    });
    await sky(mum, { lost: 0.2 });
    await expect(mum.getByTestId("call-weak")).toContainText("网络不好，先只传声音");
    await expect(maya.getByTestId("call-them")).toHaveCount(0);
    await expect.poll(async () => (await wayOf(mum)).codec).toBe("red");
    expect(await wayOf(mum)).toMatchObject({ state: "connected", sendsPicture: false });
    await shot(mum, "call-weak");
    await isAccessible(mum);
    await sky(mum, undefined);
    await hangsUp(mum, maya);
  });

  test("[F-1d-7] [CA127] [CA232] where nothing comes any more the way is made anew by itself, whichever side it is, and leads to the other", {
    tag: "@long",
  }, async () => {
    for (const [one, other] of [
      [mum, maya],
      [maya, mum],
    ] as const) {
      await talks(one, other, one === mum ? "Maya" : "妈妈", "voice");
      // The one who was called makes offers; the other has to ask for one.
      for (const page of [one, other]) {
        const before = await wayOf(page);
        await sky(page, { isSilent: true });
        await expect.poll(async () => (await wayOf(page)).made, { timeout: 20_000 }).not.toBe(before.made);
        await sky(page, undefined);
        await expect.poll(() => wayOf(page), { timeout: 20_000 }).toMatchObject({ state: "connected", leads: true });
        await expect(page.getByTestId("call-screen")).toHaveAttribute("data-at", "talking");
      }
      await hangsUp(one, other);
    }
  });

  test("[F-1d-1] [CA34] both call at once: they talk in one call, without another tap", async () => {
    await opens(mum, "Maya");
    await opens(maya, "妈妈");
    for (const page of [mum, maya]) await page.getByTestId("plus-open").click();
    // Tapped at one moment: the first to ring would cover what the other is to tap.
    await Promise.all([mum, maya].map((page) => page.getByTestId("plus-call-voice").dispatchEvent("click")));
    for (const page of [mum, maya])
      await expect(page.getByTestId("call-screen")).toHaveAttribute("data-at", "talking", { timeout: 20_000 });
    for (const page of [mum, maya]) await expect.poll(() => heard(page), { timeout: 20_000 }).toBe(1);
    await hangsUp(mum, maya);
  });

  test("[F-1d-1] [CA240] home is killed and started anew while two talk: directly the call goes on, through the relay it comes back, and both hear what the other does", {
    tag: "@long",
  }, async () => {
    for (const way of ["direct", "udp"] as const) {
      for (const page of [mum, maya]) await letsPass(page, way);
      await talks(mum, maya, "Maya", "voice");
      for (const page of [mum, maya]) await expect.poll(() => wayInUse(page), { timeout: 20_000 }).toBe(way);
      await setup.killServer();
      await setup.startServer();
      // Six seconds of voice after it, by the way of before.
      for (const page of [mum, maya]) {
        const before = await packetsOf(page);
        await expect.poll(() => packetsOf(page), { timeout: 60_000 }).toBeGreaterThan(before + 300);
        await expect.poll(() => wayInUse(page), { timeout: 20_000 }).toBe(way);
        await expect(page.getByTestId("call-screen")).toHaveAttribute("data-at", "talking");
      }
      await maya.getByTestId("call-mute").click();
      await expect(mum.getByTestId("call-their-mute")).toBeVisible({ timeout: 20_000 });
      await hangsUp(mum, maya);
    }
    for (const page of [mum, maya]) await letsPass(page, undefined);
  });

  test("[F-1d-7] [CA126] the page “Calls” tries each way, and says in plain words which work", async () => {
    await goes(mum, "/me/settings");
    await mum.getByTestId("calls-link").click();
    for (const [way, is] of [
      ["direct", "works"],
      ["udp", "works"],
      ["tcp", "works"],
      ["tls", "absent"],
    ] as const)
      await expect(mum.getByTestId(`way-${way}`)).toHaveAttribute("data-is", is, { timeout: 20_000 });
    await expect(mum.getByTestId("calls-sum")).toHaveText("这里可以通话。");
    await shot(mum, "calls-page");
    await isAccessible(mum);
    // A network that lets no UDP pass.
    await mum.evaluate(() => {
      const Own = RTCPeerConnection;
      window.RTCPeerConnection = class extends Own {
        constructor(configuration: RTCConfiguration = {}) {
          const isUdp = configuration.iceServers?.some(({ urls }) => String(urls).includes("transport=udp")) === true;
          const hasRelay = (configuration.iceServers ?? []).length > 0;
          super({
            ...configuration,
            iceTransportPolicy: "relay",
            iceServers: isUdp || !hasRelay ? [] : (configuration.iceServers ?? []),
          });
        }
      };
    });
    await mum.getByTestId("calls-again").click();
    await expect(mum.getByTestId("way-udp")).toHaveAttribute("data-is", "blocked", { timeout: 20_000 });
    await expect(mum.getByTestId("way-direct")).toHaveAttribute("data-is", "blocked", { timeout: 20_000 });
    await expect(mum.getByTestId("calls-sum")).toContainText("声音会慢一点");
    await shot(mum, "calls-page-slow");
  });

  test("[CA28] [CA43] a microphone that is refused rings nobody, and says what to do", async () => {
    await mum.evaluate(() => {
      const own = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      Object.assign(window, { allow: () => Object.assign(navigator.mediaDevices, { getUserMedia: own }) });
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no", "NotAllowedError"));
    });
    await opens(mum, "Maya");
    await mum.getByTestId("plus-open").click();
    await mum.getByTestId("plus-call-voice").click();
    const sheet = mum.getByTestId("call-denied");
    await expect(sheet).toContainText("麦克风");
    await expect(mum.getByTestId("call-screen")).toHaveCount(0);
    await shot(mum, "call-denied");
    await isAccessible(mum);
    // Refused once more, it says so once more.
    await mum.getByTestId("call-denied-again").click();
    await expect(sheet).toContainText("麦克风");
    await mum.getByTestId("call-denied-write").click();
    await expect(sheet).toHaveCount(0);
    await expect(mum.getByTestId("title")).toContainText("Maya");
    await home(maya);
    await goes(maya, "/");
    await expect(maya.getByTestId("call-incoming")).toHaveCount(0);
    // Allowed, the same tap goes on with the call.
    await opens(mum, "Maya");
    await mum.getByTestId("plus-open").click();
    await mum.getByTestId("plus-call-voice").click();
    await expect(sheet).toBeVisible();
    await mum.evaluate(() => (window as unknown as { allow: () => void }).allow());
    await mum.getByTestId("call-denied-again").click();
    await expect(maya.getByTestId("call-incoming")).toBeVisible({ timeout: 20_000 });
    await mum.getByTestId("call-hang-up").click();
    await expect(maya.getByTestId("call-incoming")).toHaveCount(0);
  });

  test("[CA14] [CA58] where the relay's port cannot be opened, a call goes directly once it is answered", {
    tag: "@long",
  }, async ({ browser }) => {
    const alone = await familyIn(browser, "妈妈 Maya", [phone, desktop], ["--call-bind", "192.0.2.77"]);
    try {
      const [one, two] = alone.people;
      // Every description that a page makes, and how many there were at the tap on “answer”. The screen does not show
      // the moment: it stays as it rang while the microphone opens (CA266).
      for (const page of [one, two])
        await page.evaluate(() => {
          const own = RTCPeerConnection.prototype;
          const set = own.setLocalDescription as (one?: RTCLocalSessionDescriptionInit) => Promise<void>;
          const told: { made: number; atTap?: number } = { made: 0 };
          Object.assign(window, { told });
          own.setLocalDescription = function (this: RTCPeerConnection, description?: RTCLocalSessionDescriptionInit) {
            told.made++;
            return set.call(this, description);
          } as typeof own.setLocalDescription;
          const taps = ({ target }: Event) => {
            if ((target as Element).closest("[data-testid=call-answer]") !== null) told.atTap ??= told.made;
          };
          document.addEventListener("click", taps, { capture: true });
        });
      const told = (page: Page) =>
        page.evaluate(() => (window as unknown as { told: { made: number; atTap?: number } }).told);
      await calls(one, "Maya", "voice");
      await expect(two.getByTestId("call-incoming")).toBeVisible({ timeout: 20_000 });
      // It rings for as long as a description would take, were one made.
      await two.waitForTimeout(3_000);
      expect([await told(one), await told(two)]).toEqual([{ made: 0 }, { made: 0 }]);
      await two.getByTestId("call-answer").click();
      for (const page of [one, two])
        await expect(page.getByTestId("call-screen")).toHaveAttribute("data-at", "talking", { timeout: 20_000 });
      expect((await told(one)).made).toBeGreaterThan(0);
      const { made, atTap } = await told(two);
      expect(atTap).toBe(0);
      expect(made).toBeGreaterThan(0);
    } finally {
      await alone.setup.close();
    }
  });
});
