/** `yanshu bridge` (docs/spec/bridge.md): a program that was written for WeChat answers for this account. */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { TimelineItem } from "@yanshu/client";
import { packageId, readPackage } from "@yanshu/mini";
import { type Context, interruption, mustReachHome } from "../../context.ts";
import { faultsOf } from "../../fault.ts";
import { cliFeature } from "../../feature.ts";
import { type Text, wordsOf } from "../../words.ts";
import { openBridge } from "./bridge.ts";
import { isHere } from "./callback.ts";
import { accountIn, Followers } from "./followers.ts";
import { MenuShelf } from "./menu.ts";
import { Scenes } from "./scenes.ts";
import { fileBytesMax, Shelf } from "./shelf.ts";

const words = wordsOf(
  {
    "fault.callback":
      "“{value}” won’t do: messages go to http on this computer, such as http://127.0.0.1:9000/wx, or to https",
    "fault.program": "{value} is no mini program. Pack one with yanshu program pack",
    "fault.bridgePort": "Port {port} of this computer is taken. Take another with --port",
    "bridge.link": "Who opens this link can write to the account: {link}",
    "bridge.here": "Start the bot with YANSHU_BRIDGE={url}",
    "bridge.away": "Nobody listens at {url}. Messages wait until the bot is there",
    "bridge.back": "The bot is there",
    "bridge.fault": "The program of this account can’t answer right now. Try again later",
  },
  {
    "fault.callback": "“{value}” 不行：来信只送到这台电脑上的 http（比如 http://127.0.0.1:9000/wx），或者 https",
    "fault.program": "{value} 不是小程序。先用 yanshu program pack 打包",
    "fault.bridgePort": "这台电脑的端口 {port} 已经有人用了，用 --port 换一个",
    "bridge.link": "谁打开这个链接，谁就能写信给它：{link}",
    "bridge.here": "启动机器人时设好 YANSHU_BRIDGE={url}",
    "bridge.away": "{url} 没有程序在听。来信先等着，机器人来了再给它",
    "bridge.back": "机器人在了",
    "bridge.fault": "该公众号提供的服务出现故障，请稍后再试",
  },
);
type Key = keyof (typeof words)["en"];
const fault = faultsOf(words);

type Named = (key: string) => string;

const answerMsMax = 5_000;
/** What a form has beside its file. */
const formBytesMax = 1 << 20;

/** Messages are opened here: they do not leave the computer unencrypted. @throws Fault */
export function callbackOf(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  // @checks TE33
  if (url === undefined || !(url.protocol === "https:" || (url.protocol === "http:" && isHere(url))))
    throw fault("fault.callback", { value });
  return url.href;
}

/** A package whole in its file; the app would refuse another. @throws Fault */
export function programAt(path: string) {
  const bytes = new Uint8Array(readFileSync(path));
  // @checks PA41
  if ("fault" in readPackage(bytes)) throw fault("fault.program", { value: path });
  return { id: packageId(bytes), name: `${basename(path).replace(/\.ymp$/i, "")}.ymp`, bytes };
}

async function run(context: Context<Key>): Promise<void> {
  const { answer, api, args, folder, hint, text } = context;
  const url = callbackOf(args.positionals[0] ?? "");
  const backend = args.backend === undefined ? undefined : callbackOf(args.backend);
  const program = args.program === undefined ? undefined : programAt(args.program);
  await mustReachHome(context);
  const { openidKey, ...account } = accountIn(folder);
  const here = `http://127.0.0.1:${args.port}`;
  let isAway = false;
  const bridge = openBridge({
    context,
    bot: { url, account, isSealed: args.isAes, answerMsMax },
    shelf: new Shelf(join(folder, "bridge-media")),
    followers: new Followers(folder),
    menu: new MenuShelf(folder),
    scenes: new Scenes(folder, account.secret, Date.now),
    openidKey,
    backend,
    program,
    given: new Followers(folder, "bridge-given"),
    port: args.port,
    faultWords: text("bridge.fault"),
    wordsFor: (body) => wordsFor(text, body),
    onAway: (is) => {
      if (is !== isAway) hint(text(is ? "bridge.away" : "bridge.back", { url }));
      isAway = is;
    },
  });
  let server: Bun.Server<undefined> | undefined;
  try {
    server = listening(args.port, bridge.calls);
    const { appid, secret, token, aesKey } = account;
    const link = await api.myLink();
    const lines = [
      text("bridge.link", { link }),
      `appid: ${appid}`,
      `secret: ${secret}`,
      `token: ${token}`,
      ...(args.isAes ? [`encodingAESKey: ${aesKey}`] : []),
      text("bridge.here", { url: here }),
    ];
    answer(lines, { link, appid, secret, token, url: here, ...(args.isAes && { encodingAESKey: aesKey }) });
    await Promise.race([interruption(context), bridge.failed]);
  } finally {
    await server?.stop(true);
    await bridge.end();
  }
}

function listening(port: number, calls: (request: Request) => Promise<Response>): Bun.Server<undefined> {
  try {
    return Bun.serve({ hostname: "127.0.0.1", port, maxRequestBodySize: fileBytesMax + formBytesMax, fetch: calls });
  } catch (error) {
    if ((error as { code?: unknown }).code === "EADDRINUSE") throw fault("fault.bridgePort", { port });
    throw error;
  }
}

/** Of what WeChat's interface has no form for: its kind, and its words. */
function wordsFor(text: Text<Key>, body: TimelineItem["body"]): string {
  if (body.kind === "text") return body.text;
  // not a check: nobody said it.
  if (body.kind === "system") return "";
  if (body.kind === "newer") return body.fallback ?? "";
  const said: unknown = "text" in body ? body.text : "name" in body ? body.name : "caption" in body ? body.caption : "";
  return `[${(text as Named)(`kind.${body.kind}`)}] ${typeof said === "string" ? said : ""}`.trim();
}

export const bridge = cliFeature(words, {
  commands: {
    bridge: {
      positionals: ["URL"],
      options: ["port", "aes", "backend", "program"],
      help: {
        en: "a bot that was written for WeChat answers for this account; URL is where it listens",
        zh: "让为微信写的机器人替这个账号回答；URL 是它听的地址",
      },
      run,
    },
  },
});
