/**
 * `yanshu app`: the web app from this computer, whose code comes from no server (docs/spec/terminal.md TE20–TE22), and
 * whose keys are in this process (docs/spec/homes.md HM94); and
 * `yanshu update`, which takes a later release from wherever it is handed out (docs/spec/homes.md HM79).
 */
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { compareVersions, pinned } from "@yanshu/release";
import { type Aside, interruption } from "../../context.ts";
import { hasDevice } from "../../device.ts";
import { faultsOf } from "../../fault.ts";
import { cliFeature } from "../../feature.ts";
import { type Home, homeOfAddress, originOfServer, readHome, writeHome } from "../../home.ts";
import { plain } from "../../line.ts";
import type { Text } from "../../words.ts";
import { hostname } from "./admission.ts";
import { type Checked, checkedBuild } from "./build.ts";
import { type Core, openCore } from "./core.ts";
import { keepSplit, readNewest, splitFile, writeNewest } from "./newest.ts";
import { type Serving, serveApp } from "./serve.ts";
import { Tokens } from "./tokens.ts";
import { buildAt, keepBuild, newestKept } from "./update.ts";
import { words } from "./words.ts";

type Key = keyof typeof words.en;
const fault = faultsOf(words);
const builtHere = join(import.meta.dir, "../../../../web/dist");
const namesMax = 3;

export const app = cliFeature(words, {
  commands: {
    app: {
      positionals: ["[LINK]"],
      options: ["port", "web", "own-build"],
      isAside: true,
      help: {
        en: "the app in a browser of this computer, with code that comes from no server; LINK says which server, the first time",
        zh: "在这台电脑的浏览器里用应用，代码不来自任何服务器；第一次用链接说明是哪台服务器",
      },
      run,
    },
    update: {
      positionals: ["SERVER|FOLDER"],
      isAside: true,
      help: {
        en: "a later release of the app, from any server that hands it out or from a folder, once its signatures were checked",
        zh: "从任何一台发它的服务器或一个文件夹里取更新的应用，签名对上才收",
      },
      run: update,
    },
  },
});

async function run(aside: Aside<Key>): Promise<void> {
  const { args, text, folder } = aside;
  const own = join(folder, "app");
  const newest = readNewest(own);
  const checkedIn = (at: string) => ({ at, checked: checkedBuild(at, pinned, args.isOwnBuild, newest) });
  const { at, checked } =
    args.web === undefined && !args.isOwnBuild ? newerOf(newestKept(own), checkedIn) : checkedIn(args.web ?? builtHere);
  const build = mustBeGood(text, checked, { at, own });
  // A browser keeps what it stored at this address before there was a client here.
  const before = readHome(own);
  if (before !== undefined) {
    const home = homeMeant(args.positionals[0], before, own, args.insecure);
    aside.hint(text("app.in-browser"));
    return serveUntilEnd(aside, { own, build, home });
  }
  const { core, home } = await coreAt(aside);
  try {
    await serveUntilEnd(aside, { own, build, home, core });
  } finally {
    await core.end();
  }
}

/** The account of this folder; where there is none yet, the link says where it will be. */
async function coreAt(aside: Aside<Key>): Promise<{ readonly core: Core; readonly home: Home }> {
  const { args, folder } = aside;
  const link = args.positionals[0];
  const held = readHome(folder);
  const meant = link === undefined ? undefined : homeOfAddress(addressIn(link), args.insecure);
  // Looking about leaves no folder behind.
  if (!hasDevice(folder) && meant === undefined) throw fault("fault.app-home");
  let core = await openCore(aside, held ?? meant);
  try {
    const { me } = core.device.client.view("status", []);
    if (me !== undefined) return { core, home: homeOf(core, held) };
    const home = meant ?? held;
    if (home === undefined) throw fault("fault.app-home");
    if (held !== undefined && held.origin !== home.origin) {
      await core.end();
      core = await openCore(aside, home);
    }
    writeHome(folder, home);
    return { core, home };
  } catch (error) {
    await core.end();
    throw error;
  }
}

/** Where the account is now: it may have moved since the folder was made. */
function homeOf({ device }: Core, held: Home | undefined): Home {
  const server = device.client.view("homes", []).home;
  return held?.server === server ? held : { server, origin: originOfServer(server, false) };
}

type Served = { readonly own: string; readonly build: Good; readonly home: Home; readonly core?: Core };

async function serveUntilEnd(
  { args, answer, hint, io, text }: Aside<Key>,
  { own, build, home, core }: Served,
): Promise<void> {
  const link = args.positionals[0];
  const tokens = new Tokens();
  const addressNow = (more = "") => `http://${hostname}:${args.port}/start#${tokens.address}${more}`;
  // Each address opens once, so whoever else opens one is seen.
  const opened = (how: "first" | "again") => {
    for (const line of [text(`app.opened-${how}`), "", addressNow(), ""]) hint(line);
  };
  const serving = started({ port: args.port, tokens, opened, home, files: build.files, core });
  try {
    mkdirSync(own, { recursive: true, mode: 0o700 });
    if (build.kind === "released") writeNewest(own, build.seen);
    const address = addressNow(link?.includes("#") === true ? `~${link.slice(link.indexOf("#") + 1)}` : "");
    answer([...aboutBuild(text, build, home), text("app.open"), "", address, ""], {
      address,
      home: home.origin,
      release: build.kind === "released" ? build.version : null,
    });
    await interruption({ io });
  } finally {
    await serving.stop();
  }
}

type Found = { readonly at: string; readonly checked: Checked };

/** What was taken by an update, or what came with this program: the later release of the two. */
function newerOf(kept: string | undefined, checkedIn: (at: string) => Found): Found {
  const came = checkedIn(builtHere);
  if (kept === undefined) return came;
  const taken = checkedIn(kept);
  if (came.checked.kind !== "released") return taken;
  if (taken.checked.kind !== "released") return came;
  return compareVersions(came.checked.version, taken.checked.version) > 0 ? came : taken;
}

async function update({ args, answer, text, folder }: Aside<Key>): Promise<void> {
  const own = join(folder, "app");
  const from = args.positionals[0] ?? "";
  const newest = readNewest(own);
  const checked = isFolder(from)
    ? checkedBuild(from, pinned, false, newest)
    : await buildFrom(homeOfAddress(addressIn(from), args.insecure).origin, newest);
  if (checked.kind === "own-build") throw new Error("invariant: only a signed one is taken");
  if (checked.kind !== "released")
    throw fault("fault.update-refused", { from: plain(from), why: whyNot(text, checked, own) });
  mkdirSync(own, { recursive: true, mode: 0o700 });
  keepBuild(own, checked);
  const { version, signers, latest = version } = checked;
  const said = [text("update.taken", { version, signers: signers.join(", ") })];
  if (latest !== version) said.push(text("update.behind", { version: latest }));
  answer(pinned.isTest ? [...said, text("app.test")] : said, { version, signers, latest });
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

async function buildFrom(origin: string, newest: string | undefined): Promise<Checked> {
  return buildAt(fetch, origin, pinned, newest).catch((error: unknown) => {
    throw fault("fault.update-away", { origin, why: error instanceof Error ? plain(error.message) : "" });
  });
}

function addressIn(link: string): string {
  return link.trim().replace(/\/?#.*$/s, "");
}

function homeMeant(link: string | undefined, before: Home | undefined, folder: string, insecure: boolean): Home {
  if (link === undefined) {
    if (before === undefined) throw fault("fault.app-home");
    return before;
  }
  const home = homeOfAddress(addressIn(link), insecure);
  // What the browser stored at this address belongs to one home.
  if (before !== undefined && before.origin !== home.origin)
    throw fault("fault.app-other", { folder, home: before.origin });
  return home;
}

type Good = Extract<Checked, { readonly files: unknown }>;

type Places = { readonly at: string; readonly own: string };

function mustBeGood(text: Text<Key>, checked: Checked, { at, own }: Places): Good {
  if (checked.kind === "released" || checked.kind === "own-build") return checked;
  if (checked.kind === "absent") throw fault("fault.app-absent", { folder: at });
  throw fault("fault.app-refused", { folder: at, why: whyNot(text, checked, own) });
}

/** @param own where the two logs of a split view are kept. */
function whyNot(text: Text<Key>, checked: Exclude<Checked, Good>, own: string): string {
  if (checked.kind === "absent") return text("app.why.absent");
  if (checked.kind === "refused") {
    const { why } = checked;
    if (why.kind === "split") keepSplit(own, why);
    return text(`app.why.${why.kind}`, { file: join(own, splitFile) });
  }
  const paths = checked.different.slice(0, namesMax).map(({ path }) => plain(path));
  return text("app.why.different", { paths: paths.join(", ") });
}

function started(setting: Parameters<typeof serveApp>[0]): Serving {
  try {
    return serveApp(setting);
  } catch (error) {
    if ((error as { code?: unknown }).code === "EADDRINUSE") throw fault("fault.app-port", { port: setting.port });
    throw error;
  }
}

function aboutBuild(text: Text<Key>, build: Good, home: Home): readonly string[] {
  if (build.kind === "own-build") return [text("app.own", { home: home.origin })];
  const { version, signers } = build;
  const said = text("app.released", { version, signers: signers.join(", "), home: home.origin });
  return pinned.isTest ? [said, text("app.test")] : [said];
}
