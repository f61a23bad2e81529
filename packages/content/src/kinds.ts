/**
 * Kinds: what each kind of body is, said once (docs/spec/sync.md SY7, docs/spec/actions.md AC1, AC12, docs/spec/search.md SE2).
 * Whoever needs words of a message reads `textOf` or `summaryOf`, so that the list, a quote, a pin, a record, the terminal and
 * the search agree.
 */
import type { Body, BodyOf } from "./body.ts";

/**
 * How a device treats a message, also one whose kind it does not know: it travels in the outer part, beside the body. The
 * word, and the first of its values, are those of MIMI's content format.
 *
 * - `message`: somebody said something. It stands in the chat, and is unread until it was seen.
 * - `notice`: something happened. It is a line in the chat, and makes nothing unread.
 * - `signal`: it changes what stands there already, or is for programs alone. It shows nothing.
 */
export type Disposition = "message" | "notice" | "signal";

type Kind<K extends Body["kind"]> = {
  readonly disposition: Disposition;
  /** All its words, by which it is found, and as which it is copied. Empty: nothing but its kind. Absent: nobody looks for it. */
  readonly text?: (body: BodyOf<K>) => string;
  /** How it begins, where that is not how its words do. */
  readonly summary?: (body: BodyOf<K>) => string;
  /** What of it is carried into another chat, into a record or among what is kept: as it is, without what belongs to its chat, or as a text of its words. Absent: it stays where it was said. */
  readonly forward?: "whole" | "text" | ((body: BodyOf<K>) => BodyOf<K>);
  /** It means something at the moment when it is heard, and nothing later: it waits for no update. */
  readonly isOfItsMoment?: true;
  /** Handed on to newcomers of a group (docs/spec/groups.md GR32). */
  readonly isHandedOn?: true;
};

const signal = { disposition: "signal" } as const;
const ofItsMoment = { ...signal, isOfItsMoment: true } as const;
const joined = (...lines: readonly string[]) => lines.filter((line) => line !== "").join("\n");

const kinds: { readonly [K in Body["kind"]]: Kind<K> } = {
  text: {
    disposition: "message",
    text: ({ text, link }) => (link === undefined ? text : `${text}\n${link.title}`),
    summary: ({ text }) => text,
    forward: ({ kind, text, link }) => ({ kind, text, ...(link === undefined ? {} : { link }) }),
    isHandedOn: true,
  },
  greeting: { disposition: "message", text: ({ text }) => text, forward: "text" },
  photos: { disposition: "message", text: ({ caption }) => caption, forward: "whole", isHandedOn: true },
  voice: { disposition: "message", text: () => "", forward: "whole", isHandedOn: true },
  video: { disposition: "message", text: () => "", forward: "whole", isHandedOn: true },
  file: { disposition: "message", text: ({ name }) => name, forward: "whole", isHandedOn: true },
  location: { disposition: "message", text: ({ name }) => name, forward: "whole", isHandedOn: true },
  card: { disposition: "message", text: ({ name }) => name, forward: "whole", isHandedOn: true },
  groupCard: { disposition: "message", text: ({ name }) => name, isHandedOn: true },
  sticker: { disposition: "message", text: ({ name }) => name, forward: "whole", isHandedOn: true },
  // A poll or a list lives where it was begun: what is carried is what it says.
  poll: {
    disposition: "message",
    text: ({ question, options }) => [question, ...options.map((option) => `· ${option}`)].join("\n"),
    summary: ({ question }) => question,
    forward: "text",
    isHandedOn: true,
  },
  chain: {
    disposition: "message",
    text: ({ title, note, seeds }) => joined(title, note, ...seeds),
    summary: ({ title }) => title,
    forward: "text",
    isHandedOn: true,
  },
  record: { disposition: "message", forward: "whole", isHandedOn: true },
  pat: { disposition: "notice" },
  accept: ofItsMoment,
  profile: signal,
  introduce: signal,
  leave: ofItsMoment,
  ask: ofItsMoment,
  again: ofItsMoment,
  againTo: ofItsMoment,
  gone: ofItsMoment,
  sync: ofItsMoment,
  recall: signal,
  edit: signal,
  react: signal,
  vote: signal,
  line: signal,
  pins: signal,
  nicknames: signal,
  turnedAway: ofItsMoment,
  handed: ofItsMoment,
  familyPiece: ofItsMoment,
  familyPieceKept: ofItsMoment,
};

export const bodyKinds = Object.keys(kinds) as readonly Body["kind"][];
/** What somebody says. */
export const messageKinds = bodyKinds.filter((kind) => kinds[kind].disposition === "message");
export const handedOnKinds = bodyKinds.filter((kind) => kinds[kind].isHandedOn === true);

export function dispositionOf(kind: Body["kind"]): Disposition {
  return kinds[kind].disposition;
}

export function isOfItsMoment(kind: Body["kind"]): boolean {
  return kinds[kind].isOfItsMoment === true;
}

/** All its words; empty where there is nothing but its kind to find it by. Undefined for what nobody would look for. */
export function textOf<K extends Body["kind"]>(body: BodyOf<K>): string | undefined {
  return kindOf(body).text?.(body);
}

/** How it begins, on one line; empty where it has no words. */
export function summaryOf<K extends Body["kind"]>(body: BodyOf<K>): string {
  const { summary, text } = kindOf(body);
  return ((summary ?? text)?.(body) ?? "").replace(/\s+/gu, " ").trim();
}

/** What is carried of it elsewhere. Undefined: it stays where it was said. */
export function forwardOf<K extends Body["kind"]>(body: BodyOf<K>): Body | undefined {
  const { forward } = kindOf(body);
  if (forward === undefined) return undefined;
  if (forward === "whole") return body as Body;
  return forward === "text" ? { kind: "text", text: textOf(body) ?? "" } : (forward(body) as Body);
}

function kindOf<K extends Body["kind"]>({ kind }: BodyOf<K>): Kind<K> {
  return kinds[kind as K] as unknown as Kind<K>;
}
