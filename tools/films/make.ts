/**
 * Films of our own for the feed, drawn by a script from the pictures of the browser tests: for `npm run dev`, for
 * measuring, and for tests. They are made once in a Chromium without a window, and kept in `.cache/films`.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type FilmSpec = {
  readonly name: string;
  /** A file of `packages/web/e2e/screens/art`. */
  readonly art: string;
  readonly seed: number;
  readonly seconds: number;
  readonly width: number;
  readonly height: number;
  /** Drawn into it. */
  readonly words: string;
};

const root = join(import.meta.dirname, "../..");
const art = join(root, "packages/web/e2e/screens/art");
const cache = join(root, ".cache/films");
const program = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const msMax = 300_000;

/** Upright, as a phone films. */
const upright = { width: 540, height: 960 } as const;
const scenes: readonly (readonly [art: string, words: string])[] = [
  ["lake.svg", "湖上"],
  ["noodles.svg", "一碗面"],
  ["moon.svg", "院子里的月亮"],
  ["garden.svg", "番茄红了"],
  ["market.svg", "夜市"],
  ["tea.svg", "喝茶"],
  ["maple.svg", "秋天"],
  ["cat.svg", "猫"],
  ["crayon.svg", "画画"],
];

/** @param count how many, of six to twelve seconds; the same at each call. */
export function someFilms(count: number): readonly FilmSpec[] {
  return Array.from({ length: count }, (_, n) => {
    const [file, words] = scenes[n % scenes.length] as (typeof scenes)[number];
    return {
      ...upright,
      name: `film-${n}`,
      art: file,
      words: `${words} ${n + 1}`,
      seed: n + 1,
      seconds: 6 + ((n * 5) % 7),
    };
  });
}

/** Whether films can be made on this machine. */
export const canMakeFilms = (): boolean => existsSync(program);

/** Their paths, in the order of `specs`. @throws when there is no Chromium, or it makes none. */
export async function makeFilms(specs: readonly FilmSpec[]): Promise<readonly string[]> {
  mkdirSync(cache, { recursive: true });
  const by = readFileSync(join(import.meta.dirname, "page.mjs"));
  const pathOf = (spec: FilmSpec) => {
    const hash = createHash("sha256").update(by).update(JSON.stringify(spec)).digest("hex");
    return join(cache, `${hash.slice(0, 24)}.mp4`);
  };
  const missing = specs.filter((spec) => !existsSync(pathOf(spec)));
  if (missing.length > 0) await draw(missing, pathOf);
  return specs.map(pathOf);
}

async function draw(specs: readonly FilmSpec[], pathOf: (spec: FilmSpec) => string): Promise<void> {
  const files: Readonly<Record<string, readonly [type: string, path: string]>> = {
    "/": ["text/html", join(import.meta.dirname, "index.html")],
    "/page.mjs": ["text/javascript", join(import.meta.dirname, "page.mjs")],
    "/mediabunny.mjs": ["text/javascript", join(root, "node_modules/mediabunny/dist/bundles/mediabunny.min.mjs")],
  };
  let done: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    done = resolve;
  });
  const server = createServer((request, response) => {
    const url = request.url ?? "";
    void (async () => {
      const drawn = specs.find(({ name }) => url === `/done/${name}`);
      if (drawn !== undefined) {
        const part = `${pathOf(drawn)}.part`;
        writeFileSync(part, await bodyOf(request));
        renameSync(part, pathOf(drawn));
        return response.end();
      }
      if (url === "/end") done();
      if (url === "/specs") return response.end(JSON.stringify(specs));
      const picture = specs.find((spec) => url === `/art/${spec.art}`)?.art;
      const [type, path] = picture === undefined ? (files[url] ?? []) : ["image/svg+xml", join(art, picture)];
      if (type === undefined || path === undefined) return response.writeHead(404).end();
      return response.writeHead(200, { "content-type": type }).end(readFileSync(path));
    })().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const profile = mkdtempSync(join(tmpdir(), "yanshu-films-"));
  const flags = ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--no-first-run"];
  const browser = spawn(program, [...flags, `--user-data-dir=${profile}`, `http://127.0.0.1:${port}/`], {
    stdio: "ignore",
  });
  try {
    const gone = new Promise<never>((_, reject) => {
      browser.once("error", reject);
      browser.once("exit", () => reject(new Error("Chromium ended before the films were made")));
      setTimeout(() => reject(new Error("the films took too long")), msMax).unref();
    });
    await Promise.race([ended, gone]);
  } finally {
    browser.removeAllListeners("exit");
    const exited = new Promise((resolve) => browser.once("exit", resolve));
    browser.kill();
    await exited;
    server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
  const lacking = specs.filter((spec) => !existsSync(pathOf(spec)));
  if (lacking.length > 0) throw new Error("Chromium made no films");
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
