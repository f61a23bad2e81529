/**
 * Run: one command, from its words to its exit code. Whatever goes wrong ends here, as one line in
 * the person's language.
 */
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { ClientError } from "@yanshu/client";
import { type Manner, mannerOf, readArgs, usageOf } from "./args.ts";
import { Failed } from "./chat.ts";
import { type Command, commands } from "./commands.ts";
import type { Args, Aside, Context } from "./context.ts";
import { type Device, hasDevice, openDevice, serverInLink } from "./device.ts";
import { Fault } from "./fault.ts";
import { helpText } from "./help.ts";
import { type Home, homeOfAddress, homeOfLink, writeHome } from "./home.ts";
import type { Io } from "./io.ts";
import { json, plain } from "./line.ts";
import { type Text, textIn } from "./text/text.ts";

/** Returns the exit code: 0, or 1 with a line on `io.err`. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const manner = mannerOf(argv, io.env);
  const text = textIn(manner.lang);
  const folder = resolve(manner.data ?? (io.env["YANSHU_HOME"] || join(homedir(), ".local", "share", "yanshu")));
  try {
    const args = readArgs(argv);
    const command = commands[args.command];
    if (command === undefined) io.out(helpText(manner.lang, args.positionals[0]));
    else await runCommand(command, { args, io, text, manner, folder });
    return 0;
  } catch (error) {
    if (!(error instanceof Failed)) io.err(complaint(error, { manner, text, folder }));
    return 1;
  }
}

type Setting = {
  readonly args: Args;
  readonly io: Io;
  readonly text: Text;
  readonly manner: Manner;
  readonly folder: string;
};

async function runCommand(command: Command, setting: Setting): Promise<void> {
  const { io, folder } = setting;
  if (command.isAside === true) return command.run(asideOf(setting));
  const { createsAccount = false } = command;
  // Looking about must not leave a folder behind.
  if (!createsAccount && !hasDevice(folder)) throw new ClientError("no-account");
  const home = createsAccount ? await homeMeant(setting) : undefined;
  const device = await openDevice(io, folder, home);
  try {
    if (home !== undefined) {
      if (device.client.view("status", []).me !== undefined) throw new ClientError("has-account");
      writeHome(folder, home);
    }
    await command.run(contextOf(setting, device));
  } finally {
    await device.end();
  }
}

/** Where an account will live. @throws ClientError or Fault when that cannot be told from the command. */
async function homeMeant({ args, io }: Setting): Promise<Home> {
  const word = args.positionals[0] as string;
  const server = await serverInLink(io, word);
  if (server !== undefined) return homeOfLink(word, server, args.insecure);
  if (args.command === "create") throw new ClientError("bad-link");
  return homeOfAddress(word, args.insecure);
}

function contextOf(setting: Setting, device: Device): Context {
  const { client } = device;
  return { ...asideOf(setting), device, api: client.api, view: (name, ...given) => client.view(name, given) };
}

function asideOf({ args, io, text, manner, folder }: Setting): Aside {
  return {
    args,
    usage: usageOf(args.command),
    text,
    lang: manner.lang,
    io,
    folder,
    answer: (lines, value) => {
      const shown = typeof lines === "string" ? [lines] : lines;
      io.out(manner.json ? `${json(value)}\n` : shown.map((line) => `${line}\n`).join(""));
    },
    hint: (line) => {
      if (!manner.json) io.err(`${line}\n`);
    },
  };
}

function complaint(error: unknown, { manner, text, folder }: Pick<Setting, "manner" | "text" | "folder">): string {
  const [code, message] = reasonOf(error, text, folder);
  if (manner.json) return `${json({ error: { code, message } })}\n`;
  return `yanshu: ${plain(message)}\n`;
}

function reasonOf(error: unknown, text: Text, folder: string): readonly [code: string, message: string] {
  if (error instanceof ClientError) return [error.code, text(`error.${error.code}`)];
  if (error instanceof Fault) return [error.key, text(error.key, error.fill)];
  const { name, code, message } = error as { name?: unknown; code?: unknown; message?: unknown };
  if (name === "NewerDatabaseError") return ["fault.newer", text("fault.newer", { folder })];
  if (code === "SQLITE_FULL" || code === "ENOSPC") return ["storage", text("error.storage")];
  const why = typeof message === "string" ? message : String(error);
  const isFolder = typeof code === "string" && /^(SQLITE_|E[A-Z]+$)/.test(code);
  if (isFolder) return ["fault.folder", text("fault.folder", { folder, why })];
  return ["fault.unexpected", text("fault.unexpected", { why })];
}
