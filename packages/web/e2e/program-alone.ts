/**
 * A mini program in its frame, as the app shows it, without the app around: home's page that draws, with home's
 * headers, and a page that answers what a program asks. So one page of a program is there in a moment.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { FrameLocator, Page } from "@playwright/test";
import { namesMore, readPackage } from "@yanshu/mini";
import { programFrame, programFrames } from "@yanshu/release/program-frame";
import { builtDefault } from "../../../tools/web-files.ts";

const dist = join(import.meta.dirname, "../dist");
const drawn = join(dist, programFrame);

/** The part that comes with a program that names it, as the app has it (docs/spec/programs.md PR72). */
async function partFor(program: { readonly logic: string }): Promise<{ readonly more?: string }> {
  if (!namesMore(program)) return {};
  return { more: String(await builtDefault(dist, "program-more")) };
}

/** What a program said to the app around it, without the ids. */
type Said = Readonly<Record<string, unknown>>;
type Alone = {
  /** Begins a program anew, at a page of it. */
  readonly begins: (at?: string) => Promise<void>;
  readonly room: FrameLocator;
  /** What it said since it began. */
  readonly said: () => Promise<readonly Said[]>;
};

/** Serves the page that draws. `close` ends it. */
export async function frameServer(): Promise<{ readonly origin: string; readonly close: () => void }> {
  const server = createServer(({ url }, answer) => {
    answer.setHeader("content-type", "text/html; charset=utf-8");
    if (url !== programFrame) {
      answer.end("<!doctype html><style>body{margin:0}iframe{border:0;width:100vw;height:100vh;display:block}</style>");
      return;
    }
    for (const [name, value] of Object.entries(programFrames[programFrame] ?? {})) answer.setHeader(name, value);
    answer.end(readFileSync(drawn));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

/** @param language of the device. */
export async function alone(page: Page, origin: string, packed: Uint8Array, language = "zh-Hans"): Promise<Alone> {
  const read = readPackage(packed);
  if ("fault" in read) throw new Error(`the package is not read: ${read.fault}`);
  const { manifest, logic, styles, sources } = read.program;
  await page.goto(origin);
  const { width, height } = page.viewportSize() ?? { width: 390, height: 844 };
  const device = { language, theme: "light", width, height };
  const assets = [...sources].map(([path, bytes]) => [path, Buffer.from(bytes).toString("base64")] as const);
  await page.evaluate(
    (given) => {
      const files = given.assets.map(
        ([path, text]) => [path, Uint8Array.from(atob(text), (char) => char.charCodeAt(0))] as const,
      );
      const here = window as unknown as { said: Said[]; begins: (at?: string) => Promise<void> };
      /** What it stored is there when it begins again. */
      const stored = new Map<string, string>();
      let last: { readonly port: MessagePort; readonly frame: HTMLIFrameElement } | undefined;
      here.begins = (at) =>
        new Promise((resolve) => {
          last?.frame.remove();
          last?.port.close();
          here.said = [];
          const frame = document.createElement("iframe");
          const { port1, port2 } = new MessageChannel();
          last = { port: port1, frame };
          const begin = {
            kind: "begin",
            ...given.begin,
            stored: Object.fromEntries(stored),
            assets: new Map(files),
            ...(at === undefined ? {} : { page: at }),
          };
          const meet = ({ source, data }: MessageEvent) => {
            if (source !== frame.contentWindow || data?.kind !== "frame") return;
            window.removeEventListener("message", meet);
            frame.contentWindow?.postMessage({ kind: "port" }, "*", [port2]);
          };
          port1.onmessage = ({ data }) => {
            if (data.kind === "frame") return port1.postMessage(begin);
            here.said.push(data);
            if (data.kind === "store" && typeof data.value === "string") stored.set(data.key, data.value);
            if (data.kind === "painted" || data.kind === "ended") resolve();
            if (typeof data.id !== "number") return;
            const result = { confirm: true, cancel: false, tapIndex: 0, content: "" };
            port1.postMessage({ kind: "result", id: data.id, result });
          };
          window.addEventListener("message", meet);
          frame.src = given.page;
          document.body.append(frame);
        });
    },
    {
      assets,
      page: programFrame,
      begin: { manifest, logic, styles, answers: {}, device, ...(await partFor(read.program)) },
    },
  );
  return {
    begins: (at) =>
      page.evaluate((place) => (window as unknown as { begins: (at?: string) => Promise<void> }).begins(place), at),
    room: page.frameLocator("iframe"),
    said: () => page.evaluate(() => (window as unknown as { said: Said[] }).said),
  };
}
