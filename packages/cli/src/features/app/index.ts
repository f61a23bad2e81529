/** `yanshu app`: the web app from this computer, whose code comes from no server (docs/spec/terminal.md TE20–TE22). */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pinned } from "@yanshu/release";
import { type Aside, interruption } from "../../context.ts";
import { faultsOf } from "../../fault.ts";
import { cliFeature } from "../../feature.ts";
import { type Home, homeOfAddress, readHome, writeHome } from "../../home.ts";
import type { Text } from "../../words.ts";
import { hostname } from "./admission.ts";
import { type Checked, checkedBuild } from "./build.ts";
import { readNewest, writeNewest } from "./newest.ts";
import { type Serving, serveApp } from "./serve.ts";
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
  },
});

async function run({ args, answer, io, text, folder }: Aside<Key>): Promise<void> {
  const own = join(folder, "app");
  const link = args.positionals[0];
  const before = readHome(own);
  const home = homeMeant(link, before, own, args.insecure);
  const web = args.web ?? builtHere;
  const build = mustBeGood(text, checkedBuild(web, pinned, args.isOwnBuild, readNewest(own)), web);
  const token = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url");
  const serving = started({ port: args.port, token, home, files: build.files });
  try {
    mkdirSync(own, { recursive: true, mode: 0o700 });
    if (before === undefined) writeHome(own, home);
    if (build.kind === "released") writeNewest(own, build.seen);
    const opened = link?.includes("#") === true ? `~${link.slice(link.indexOf("#") + 1)}` : "";
    const address = `http://${hostname}:${args.port}/start#${token}${opened}`;
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

function homeMeant(link: string | undefined, before: Home | undefined, folder: string, insecure: boolean): Home {
  if (link === undefined) {
    if (before === undefined) throw fault("fault.app-home");
    return before;
  }
  const home = homeOfAddress(link.trim().replace(/\/?#.*$/s, ""), insecure);
  // What the browser stored at this address belongs to one home.
  if (before !== undefined && before.origin !== home.origin)
    throw fault("fault.app-other", { folder, home: before.origin });
  return home;
}

type Good = Extract<Checked, { readonly files: unknown }>;

function mustBeGood(text: Text<Key>, checked: Checked, folder: string): Good {
  if (checked.kind === "released" || checked.kind === "own-build") return checked;
  if (checked.kind === "absent") throw fault("fault.app-absent", { folder });
  const paths = checked.kind === "different" ? checked.different.slice(0, namesMax).map(({ path }) => path) : [];
  const why =
    checked.kind === "different"
      ? text("app.why.different", { paths: paths.join(", ") })
      : text(`app.why.${checked.why}`);
  throw fault("fault.app-refused", { folder, why });
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
