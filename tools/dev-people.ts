/**
 * The two who live in the development server from its first start (docs: README): 外婆 and Maya, who are contacts and
 * have written to each other. They are devices of the command line; a browser becomes theirs by being linked.
 */
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { encodeLink, fromBase64Url } from "@yanshu/wire";
import { canMakeFilms, makeFilms, someFilms } from "./films/make.ts";
import { bunPath, root } from "./setup.mjs";

type Setting = { readonly data: string; readonly origin: string; readonly domain: string };

const filmsSeeded = 6;
const triesMax = 120;
const retryMs = 500;

/** Makes them when they are not there yet; answers how to be one of them in a browser. */
export async function seedPeople(setting: Setting): Promise<string> {
  const people = join(setting.data, "people");
  await untilServed(setting.origin);
  if (!existsSync(people)) await make(setting, people);
  const folderOf = (name: string) => join(people, name);
  const approve = (name: string) => `npm run -s yanshu -- approve LINK --data ${folderOf(name)}`;
  return [
    "",
    `外婆 and Maya live here, and are contacts. To be one of them in a browser, choose “I use it on another device” at`,
    `${setting.origin}, copy the link, and let it in:  ${approve("maya")}`,
    `The other one: ${approve("grandma")}  (in a private window, or at the same time in the terminal:`,
    `npm run -s yanshu -- tail --data ${folderOf("grandma")})`,
    "",
  ].join("\n");
}

async function untilServed(origin: string): Promise<void> {
  for (let tries = 0; tries < triesMax; tries++) {
    const isUp = await fetch(origin).then(
      (answer) => answer.ok,
      () => false,
    );
    if (isUp) return;
    await Bun.sleep(retryMs);
  }
  throw new Error(`nothing answers at ${origin}`);
}

/** All or nothing: a start that was interrupted begins anew. */
async function make({ data, origin, domain }: Setting, people: string): Promise<void> {
  const token = fromBase64Url((await Bun.file(join(data, "registration-token")).text()).trim());
  if (token === undefined) throw new Error("the server made no invitation");
  const invite = encodeLink(origin, { kind: "invite", link: { server: domain, token } });
  const making = `${people}.making`;
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { recursive: true });
  const [grandma, maya] = [join(making, "grandma"), join(making, "maya")];
  await yanshu(grandma, "create", invite, "--name", "外婆");
  await yanshu(maya, "create", invite, "--name", "Maya");
  const link = await yanshu(grandma, "link");
  await yanshu(maya, "add", link, "--greeting", "外婆，我是 Maya！");
  await yanshu(grandma, "accept", "Maya");
  await yanshu(grandma, "send", "Maya", "好孩子，晚饭吃火锅？");
  await yanshu(maya, "send", "外婆", "好！七点到 😋");
  await yanshu(grandma, "read", "Maya");
  await publishFilms(grandma);
  renameSync(making, people);
}

/** Films of our own on a channel of hers, where there is a Chromium that draws them. */
async function publishFilms(grandma: string): Promise<void> {
  if (!canMakeFilms()) return;
  await yanshu(grandma, "channels", "create", "外婆的院子");
  const specs = someFilms(filmsSeeded);
  for (const [n, path] of (await makeFilms(specs)).entries())
    await yanshu(grandma, "channels", "publish", `${specs[n]?.words} #院子`, "--file", path);
}

/** One command of somebody's, which must succeed; answers what it printed. */
async function yanshu(folder: string, ...words: readonly string[]): Promise<string> {
  const command = [bunPath, join(root, "packages", "cli", "src", "main.ts"), ...words, "--data", folder];
  const child = Bun.spawn(command, { cwd: root, stdout: "pipe", stderr: "pipe", stdin: "ignore" });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0) throw new Error(`yanshu ${words[0]}: ${err.trim()}`);
  return out.trim();
}
