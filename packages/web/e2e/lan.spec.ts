/**
 * R7.2: a home on a network that leads nowhere. The evidence runs this in network namespaces
 * (packages/testing/src/evidence/claims/lan.ts): `YANSHU_LAN` is the command by which the home runs in its own,
 * `YANSHU_LAN_HOME` its address there; people are where this runs. Without namespaces both are on this machine's
 * loopback, and the browsers have a dead proxy for everything else. What is printed is judged there.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { BrowserSetup, desktop, freePort, phone } from "./browser-setup.ts";
import { befriend, opens, sees, write } from "./people.ts";

const within = (process.env["YANSHU_LAN"] ?? "").split(" ").filter((word) => word !== "");
const home = process.env["YANSHU_LAN_HOME"] ?? "127.0.0.1";
/** TEST-NET-3 (RFC 5737): nobody is there, and a network that leads anywhere takes the question. */
const elsewhere = "203.0.113.1";
const bytesMin = 20_000;

/** Why nobody elsewhere is reached; `waits` where the network takes the question. */
function wayOut(): Promise<string> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: elsewhere, port: 443 });
    const ends = (what: string) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(what);
    };
    const timer = setTimeout(() => ends("waits"), 2_000);
    socket.on("error", (error) => ends((error as { code?: string }).code ?? "unknown"));
    socket.on("connect", () => ends("connected"));
  });
}

type Hooks = { readonly made: RTCPeerConnection[] };

async function keepsWays(page: Page): Promise<void> {
  await page.evaluate(() => {
    const hooks: Hooks = { made: [] };
    Object.assign(window, { hooks });
    const Own = RTCPeerConnection;
    window.RTCPeerConnection = class extends Own {
      constructor(given?: RTCConfiguration) {
        super(given);
        hooks.made.push(this);
      }
    };
  });
}

/** What came over the way of a call, and which way it is. */
const came = (page: Page) =>
  page.evaluate(async () => {
    const got = { audio: 0, video: 0, way: "none" };
    for (const connection of (window as unknown as { hooks: Hooks }).hooks.made) {
      const report = (await connection.getStats()) as unknown as ReadonlyMap<string, Record<string, unknown>>;
      for (const one of report.values()) {
        const kind = one["kind"] as "audio" | "video";
        if (one["type"] === "inbound-rtp") got[kind] += Number(one["bytesReceived"] ?? 0);
        const used = one["type"] === "transport" ? report.get(String(one["selectedCandidatePairId"])) : undefined;
        if (used !== undefined) got.way = String(report.get(String(used["localCandidateId"]))?.["candidateType"]);
      }
    }
    return got;
  });

test("[F-1d-1] R7.2: people write, send pictures and call on a network without a way out", async ({ playwright }) => {
  test.setTimeout(240_000);
  const folder = mkdtempSync(join(tmpdir(), "yanshu-lan-"));
  const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  const made = spawnSync("openssl", ["req", "-x509", ...curve, "-subj", `/CN=${home}`, "-keyout", key, "-out", cert]);
  expect(made.status).toBe(0);
  const { launchOptions } = test.info().project.use;
  const isAlone = within.length > 0;
  const browser = await playwright.chromium.launch({
    ...launchOptions,
    args: [
      ...(launchOptions?.args ?? []),
      "--ignore-certificate-errors", // No authority is reached, and none has signed it.
      ...(isAlone ? [] : ["--proxy-server=http://127.0.0.1:9"]),
    ],
  });
  const port = await freePort();
  const at = { "--host": home, "--tls-cert": cert, "--tls-key": key };
  const named = { "--port": `${port}`, "--domain": `${home}:${port}`, "--origin": `https://${home}:${port}` };
  const setup = await BrowserSetup.start(browser, Object.entries({ ...at, ...named }).flat(), { within });
  try {
    const out = isAlone ? await wayOut() : "a dead proxy";
    const [mum, maya] = [await setup.guest(phone), await setup.guest(desktop)];
    await setup.settle(mum, "妈妈");
    await befriend(setup, mum, maya, "Maya");
    await write(maya, "I am home");
    await sees(mum, "I am home");
    await opens(mum, "Maya");
    await write(mum, "到家了就好");
    await sees(maya, "到家了就好");
    const drawn = await mum.screenshot();
    await mum.getByTestId("plus-open").click();
    const [chooser] = await Promise.all([mum.waitForEvent("filechooser"), mum.getByTestId("plus-photo").click()]);
    await chooser.setFiles([{ name: "home.png", mimeType: "image/png", buffer: drawn }]);
    await mum.getByTestId("preview-send").click();
    await expect(maya.getByTestId("photo-sharp").last()).toBeVisible({ timeout: 30_000 });
    for (const page of [mum, maya]) await keepsWays(page);
    await mum.getByTestId("plus-open").click();
    await mum.getByTestId("plus-call-video").click();
    await maya.getByTestId("call-answer").click({ timeout: 20_000 });
    for (const page of [mum, maya])
      await expect(page.getByTestId("call-screen")).toHaveAttribute("data-at", "talking", { timeout: 20_000 });
    const enough = async () => {
      const both = await Promise.all([came(mum), came(maya)]);
      return both.every(({ audio, video }) => audio > bytesMin && video > bytesMin);
    };
    await expect.poll(enough, { timeout: 60_000 }).toBe(true);
    const [atMum, atMaya] = [await came(mum), await came(maya)];
    console.log(
      `R7.2 lan texts 2, pictures 1, voice ${Math.min(atMum.audio, atMaya.audio)}, picture ${Math.min(atMum.video, atMaya.video)} bytes, way ${atMum.way}, out ${out}`,
    );
  } finally {
    await setup.close();
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
