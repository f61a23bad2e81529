/** The vectors that our own code makes, each as it stands in its file in vectors/. */
import { encodeBody, encodeMessage, encodeNote, encodeSyncItem } from "@yanshu/content";
import { createBunCrypto } from "@yanshu/mls/bun";
import { type Bytes, type CallName, calls, encodeCall, encodeResult, toHex } from "@yanshu/wire";
import { testFeatures } from "../features/index.ts";
import { least, whole } from "./calls.ts";
import { derived } from "./derived.ts";
import { links } from "./links.ts";
import { bodies, items, messages, notes } from "./messages.ts";
import { moments } from "./moments.ts";
import { transcript } from "./transcript.ts";

/** Bytes as hexadecimal, unset fields left out. */
export function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(fields.map(([name, field]) => [name, plain(field)]));
}

export function format(value: unknown): string {
  return `${JSON.stringify(value, null, 1)}\n`;
}

export async function made(): Promise<Readonly<Record<string, unknown>>> {
  return {
    "calls.json": {
      about:
        "Calls and their results (docs/spec/wire.md WI26), as frames: request 1, with every field, and with none that may be left out. Byte strings are hexadecimal; `args` and `result` hold text where a field is text.",
      calls: (Object.keys(calls) as CallName[]).map(callVector),
    },
    "messages.json": {
      about:
        "What stands inside envelopes (docs/spec/messages.md). Byte strings are hexadecimal; text is text. `hex` is the one encoding of what stands beside it.",
      messages: messages.map(({ name, message }) => ({ name, ...shown(message, encodeMessage(message)) })),
      bodies: bodies.map((body) => shown(body, encodeBody(body))),
      items: items.map((item) => shown(item, encodeSyncItem(item))),
      notes: notes.map((note) => shown(note, encodeNote(note))),
    },
    "derived.json": {
      about:
        "What follows from secrets and names (docs/spec/wire.md WI35, docs/spec/identity.md ID2, ID10, ID14, ID31, ID33, ID36, ID62, docs/spec/groups.md GR1, GR26.2). Byte strings are hexadecimal.",
      ...(await derived(createBunCrypto())),
      ...links(createBunCrypto(), plain),
    },
    "moments.json": plain(await moments(createBunCrypto())),
    ...Object.fromEntries(
      testFeatures.flatMap(({ vectors = {} }) => Object.entries(vectors).map(([file, make]) => [file, plain(make())])),
    ),
    "transcript.json": await transcript(),
  };
}

function shown(value: unknown, bytes: Bytes): object {
  return { value: plain(value), hex: toHex(bytes) };
}

function callVector(name: CallName): object {
  const { who } = calls[name];
  const example = <N extends CallName>(of: N) => {
    const { args, result } = whole[of];
    const without: Partial<(typeof whole)[N]> = least[of] ?? {};
    return {
      args: shown(args, encodeCall(1, of, args)),
      ...(without.args === undefined ? {} : { leastArgs: shown(without.args, encodeCall(1, of, without.args)) }),
      result: shown(result, encodeResult(1, of, result)),
      ...(without.result === undefined
        ? {}
        : { leastResult: shown(without.result, encodeResult(1, of, without.result)) }),
    };
  };
  return { name, who, ...example(name) };
}
