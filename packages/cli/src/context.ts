/** Context: what a command is given, and how it answers. */
import { type ClientApi, ClientError, type ViewName, type Views } from "@yanshu/client";
import type { Args } from "./args.ts";
import type { Device } from "./device.ts";
import { Fault } from "./fault.ts";
import type { Io } from "./io.ts";
import type { Text } from "./text/text.ts";

export type Context = {
  readonly args: Args;
  readonly text: Text;
  readonly lang: "zh" | "en";
  readonly io: Io;
  readonly device: Device;
  readonly api: ClientApi;
  readonly view: <N extends ViewName>(name: N, ...args: Views[N]["args"]) => Views[N]["value"];
  /** The result: lines for people, or the value for programs. */
  readonly answer: (lines: readonly string[] | string, value: unknown) => void;
  /** Something beside the result; not shown to programs. */
  readonly note: (line: string) => void;
};

/** @throws ClientError when nobody lives here. */
export function mustLiveHere({ view }: Context): void {
  if (view("status").me === undefined) throw new ClientError("no-account");
}

/** What home holds is here; if it cannot be had, that is said, and what the device holds must do. */
export async function catchUp(context: Context): Promise<void> {
  const { args, device, note, text } = context;
  mustLiveHere(context);
  if (args.waitMs === 0) return;
  if (!(await device.caughtUp({ waitMs: args.waitMs, untilDone: false }))) note(text("away"));
}

/** For what cannot be done without home. @throws ClientError */
export async function mustReachHome(context: Context): Promise<void> {
  const { args, device, io } = context;
  mustLiveHere(context);
  if (await device.caughtUp({ waitMs: args.waitMs, untilDone: false })) return;
  if (io.interrupted.aborted) throw new Fault("fault.stopped");
  throw new ClientError("server-unreachable");
}

/** After something was done: until home knows of it. Answers whether it does. */
export async function untilTold({ args, device }: Context): Promise<boolean> {
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
