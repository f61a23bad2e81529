/** Context: what a command is given, and how it answers. */
import { type ClientApi, ClientError, type ViewName, type Views } from "@yanshu/client";
import type { Device } from "./device.ts";
import { Fault } from "./fault.ts";
import type { Io } from "./io.ts";
import type { Lang, Text } from "./words.ts";

/** What commands may take; `args.ts` says how each is written. */
export type OptionName =
  | "name"
  | "greeting"
  | "reset"
  | "last"
  | "peek"
  | "file"
  | "to"
  | "keep"
  | "new"
  | "video"
  | "release"
  | "log"
  | "port"
  | "web"
  | "own-build"
  | "aes"
  | "backend"
  | "place"
  | "program";

export type Args = {
  readonly command: string;
  readonly positionals: readonly string[];
  readonly name: string | undefined;
  readonly greeting: string;
  readonly reset: boolean;
  readonly last: number;
  readonly peek: boolean;
  readonly file: string | undefined;
  readonly to: string;
  readonly keep: boolean;
  readonly isNew: boolean;
  readonly video: boolean;
  readonly release: string | undefined;
  readonly log: string | undefined;
  readonly port: number;
  readonly web: string | undefined;
  readonly isOwnBuild: boolean;
  readonly isAes: boolean;
  readonly backend: string | undefined;
  readonly place: string | undefined;
  readonly program: string | undefined;
  readonly waitMs: number;
  readonly insecure: boolean;
};

/** @typeParam K keys of the words of the command's feature. */
export type Context<K extends string = never> = {
  readonly args: Args;
  /** How the command is written. */
  readonly usage: string;
  readonly text: Text<K>;
  readonly lang: Lang;
  readonly io: Io;
  /** Where this account lives. */
  readonly folder: string;
  readonly device: Device;
  readonly api: ClientApi;
  readonly view: <N extends ViewName>(name: N, ...args: Views[N]["args"]) => Views[N]["value"];
  /** The result: lines for people, or the value for programs. */
  readonly answer: (lines: readonly string[] | string, value: unknown) => void;
  /** Something beside the result; not shown to programs. */
  readonly hint: (line: string) => void;
};

/**
 * What a command is given that has nothing to do with an account. In `folder` one would be: a command that keeps
 * something makes it.
 */
export type Aside<K extends string = never> = Pick<
  Context<K>,
  "args" | "usage" | "text" | "lang" | "io" | "answer" | "hint" | "folder"
>;

/** Resolves once the person interrupted, at once where they have. */
export async function interruption({ io: { interrupted } }: Pick<Context, "io">): Promise<void> {
  if (interrupted.aborted) return;
  await new Promise<void>((resolve) => interrupted.addEventListener("abort", () => resolve(), { once: true }));
}

/** @throws ClientError when nobody lives here. */
export function mustLiveHere({ view }: Context): void {
  if (view("status").me === undefined) throw new ClientError("no-account");
}

/** What home holds is here; if it cannot be had, that is said, and what the device holds must do. */
export async function catchUp(context: Context): Promise<void> {
  const { args, device, hint, text } = context;
  mustLiveHere(context);
  if (args.waitMs === 0) return;
  if (!(await device.caughtUp({ waitMs: args.waitMs, untilDone: false }))) hint(text("away"));
}

/** For what cannot be done without home. @throws ClientError */
export async function mustReachHome(context: Context): Promise<void> {
  const { args, device, io } = context;
  mustLiveHere(context);
  if (await device.caughtUp({ waitMs: args.waitMs, untilDone: false })) return;
  if (io.interrupted.aborted) throw new Fault("fault.stopped");
  throw new ClientError("server-unreachable");
}

/** After something was done: until home knows of it. Returns whether it does. */
export async function untilSent({ args, device }: Context): Promise<boolean> {
  return device.caughtUp({ waitMs: args.waitMs, untilDone: true });
}

/**
 * Finds what a person means among what the device held when the command began, because that is what
 * they saw; among what has come since only if nothing fits.
 */
export async function found<T>(context: Context, find: () => T): Promise<T> {
  mustLiveHere(context);
  try {
    return find();
  } catch (error) {
    if (!(error instanceof Fault && error.key === "fault.none") || context.args.waitMs === 0) throw error;
  }
  await context.device.caughtUp({ waitMs: context.args.waitMs, untilDone: false });
  return find();
}

/** After a change was made here: says where others hear of it later only. */
export async function hintUnlessSent(context: Context): Promise<void> {
  if (!(await untilSent(context))) context.hint(context.text("waits"));
}

/** Undefined where it is neither. */
export function yesOrNo(line: string): boolean | undefined {
  const word = line.trim().toLowerCase();
  if (["y", "yes", "是", "对", "一样", "好"].includes(word)) return true;
  if (["n", "no", "不", "否", "不是", "不一样"].includes(word)) return false;
  return undefined;
}
