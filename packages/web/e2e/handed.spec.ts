/**
 * Handed: a home that hands out the right bytes, and besides them pages and headers of its own
 * (docs/spec/web.md WE280, WE281). Beside each person somebody without a kept app, to whom all of it does come.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, type Page, test } from "@playwright/test";
import { BrowserSetup, kept, phone } from "./browser-setup.ts";
import { keepsApp } from "./people.ts";
import { letsWorkersGo } from "./versions.ts";

const spying = "content-security-policy-report-only";

test("[WE280] a form of a strange page leads to the app, and brings no page of home's into its origin", {
  tag: "@long",
}, async ({ browser }) => {
  const setup = await BrowserSetup.start(browser);
  const strange = createServer((_request, response) => {
    response.setHeader("content-type", "text/html");
    response.end(`<form method="post" action="${setup.origin}/x"><button>Go</button></form>`);
  });
  try {
    await new Promise<void>((resolve) => strange.listen(0, "127.0.0.1", resolve));
    const posts = async (page: Page) => {
      // Another port is another origin; by the name of home, since its people's pages go nowhere else.
      await page.goto(`http://localhost:${(strange.address() as AddressInfo).port}/`);
      await page.getByRole("button").click();
    };
    const [mum, stranger] = [await setup.resident(phone, undefined, kept), await setup.resident(phone)];
    await setup.settle(mum, "妈妈");
    await keepsApp(mum);
    await posts(mum);
    await expect(mum.getByTestId("chats")).toBeVisible({ timeout: 30_000 });
    expect(new URL(mum.url()).pathname).toBe("/");
    await posts(stranger);
    await expect(stranger.locator("body")).toHaveText("method not allowed");
  } finally {
    strange.close();
    await setup.close();
  }
});

test("[WE281] what the app keeps is given out with its own headers, whatever home sent along", async ({ browser }) => {
  const { setup, proxy } = await BrowserSetup.behindProxy(browser);
  try {
    proxy.alsoSay(`${spying}: img-src 'none'; report-uri /seen`);
    const [mum, stranger] = [await setup.resident(phone, undefined, kept), await setup.resident(phone)];
    await setup.settle(mum, "妈妈");
    await keepsApp(mum);
    const headers = async (page: Page) => {
      const opened = await page.goto(setup.origin);
      const script = await page.evaluate(async () => {
        const { src = "" } = document.querySelector<HTMLScriptElement>("script[src]") ?? {};
        return [...(await fetch(src)).headers.keys()];
      });
      return { page: Object.keys(opened?.headers() ?? {}), script };
    };
    const own = await headers(mum);
    for (const names of [own.page, own.script]) {
      expect(names).toContain("content-security-policy");
      expect(names).not.toContain(spying);
    }
    // As what once ran in this origin could.
    await mum.evaluate(async () => {
      const cache = await caches.open("yanshu-1");
      for (const key of await cache.keys())
        if (/\.(html|js)$/.test(new URL(key.url).pathname))
          await cache.put(key, new Response("<title>swapped</title>", { headers: { "content-type": "text/html" } }));
    });
    await letsWorkersGo(mum);
    await mum.goto(setup.origin);
    await expect(mum.getByTestId("chats")).toBeVisible({ timeout: 30_000 });
    const sent = await headers(stranger);
    for (const names of [sent.page, sent.script]) expect(names).toContain(spying);
  } finally {
    await setup.close();
    proxy.close();
  }
});
