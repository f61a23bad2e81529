/** Calls where a network lets nothing pass but what goes the way of websites: TURN over TLS, by Chromium's own TLS. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserType, expect, type Page, test } from "@playwright/test";
import { BrowserSetup, desktop, freePort, phone } from "./browser-setup.ts";
import { hangsUp, hearEachOther, talks } from "./call-people.ts";
import { letsPass, wayInUse } from "./call-ways.ts";
import { befriend, goes, shot } from "./people.ts";

/** A browser that takes a certificate of our own for localhost, and the home that has it. */
async function sealedHome(
  chromium: BrowserType,
  flagsOf: (cert: string, key: string) => readonly string[],
): Promise<{ readonly setup: BrowserSetup; readonly end: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), "yanshu-calls-tls-"));
  const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  const made = spawnSync("openssl", ["req", "-x509", ...curve, "-subj", "/CN=localhost", "-keyout", key, "-out", cert]);
  expect(made.status).toBe(0);
  const { launchOptions } = test.info().project.use;
  const browser = await chromium.launch({
    ...launchOptions,
    // No authority has signed the certificate.
    args: [...(launchOptions?.args ?? []), "--ignore-certificate-errors"],
  });
  const setup = await BrowserSetup.start(browser, flagsOf(cert, key));
  const end = async () => {
    await setup.close();
    await browser.close();
    rmSync(folder, { recursive: true });
  };
  return { setup, end };
}

/** The page “Calls”, where the network lets nothing pass but TLS. */
async function looksAtCalls(mum: Page): Promise<void> {
  await mum.evaluate(() => {
    const Own = RTCPeerConnection;
    window.RTCPeerConnection = class extends Own {
      constructor(configuration: RTCConfiguration = {}) {
        const iceServers = (configuration.iceServers ?? []).filter(({ urls }) => String(urls).startsWith("turns:"));
        super({ ...configuration, iceTransportPolicy: "relay", iceServers });
      }
    };
  });
  await goes(mum, "/me/settings");
  await mum.getByTestId("calls-link").click();
  const sealed = mum.getByTestId("way-tls");
  // The page gives each way six seconds, which a busy machine may need for something else: it may be tried again.
  await expect(async () => {
    await expect(sealed).not.toHaveAttribute("data-is", "trying", { timeout: 10_000 });
    if ((await sealed.getAttribute("data-is")) === "blocked") await mum.getByTestId("calls-again").click();
    await expect(sealed).toHaveAttribute("data-is", "works", { timeout: 10_000 });
  }).toPass({ timeout: 40_000 });
}

test("[F-1d-7] [CA105] [CA126] the page “Calls” reaches itself over TLS where nothing else passes", {
  tag: "@long",
}, async ({ playwright }) => {
  test.setTimeout(180_000); // A browser and a home of its own, two people, and a busy machine.
  const callTls = `${await freePort()}`;
  const { setup, end } = await sealedHome(playwright.chromium, (cert, key) =>
    Object.entries({ "--call-tls": callTls, "--call-cert": cert, "--call-key": key }).flat(),
  );
  try {
    const mum = await setup.guest(phone);
    await setup.settle(mum, "妈妈");
    await looksAtCalls(mum);
    for (const [way, is] of [
      ["tcp", "absent"],
      ["udp", "blocked"],
      ["direct", "blocked"],
    ] as const)
      await expect(mum.getByTestId(`way-${way}`)).toHaveAttribute("data-is", is, { timeout: 20_000 });
    await expect(mum.getByTestId("calls-sum")).toContainText("声音会慢一点");
    await shot(mum, "calls-page-tls");
  } finally {
    await end();
  }
});

test("[F-1d-1] [F-1d-7] [CA180] the app, its sockets and its calls come by one port, as a network that knows websites alone lets pass", {
  tag: "@long",
}, async ({ playwright }) => {
  test.setTimeout(180_000);
  const front = await freePort();
  const { setup, end } = await sealedHome(playwright.chromium, (cert, key) => {
    const at = { "--domain": `localhost:${front}`, "--origin": `https://localhost:${front}` };
    return Object.entries({ "--front": `${front}`, "--tls-cert": cert, "--tls-key": key, ...at }).flat();
  });
  try {
    const mum = await setup.guest(phone);
    await setup.settle(mum, "妈妈");
    expect(new URL(mum.url()).port).toBe(`${front}`);
    const maya = await setup.guest(desktop);
    await befriend(setup, mum, maya, "Maya");
    for (const page of [mum, maya]) await letsPass(page, "tls");
    await talks(mum, maya, "Maya", "voice");
    for (const page of [mum, maya]) await expect.poll(() => wayInUse(page), { timeout: 20_000 }).toBe("tls");
    await hearEachOther(mum, maya);
    await hangsUp(mum, maya);
    for (const page of [mum, maya]) await letsPass(page, undefined);
    await looksAtCalls(mum);
  } finally {
    await end();
  }
});
