/**
 * State that a mini program shares with the members of the chat that brought it (docs/spec/programs.md PR20–PR22):
 * each update is a message, and all devices hand them to the program in the order in which home took them.
 */
import { type BodyOf, decodeBody, programStateLimits } from "@yanshu/content";
import {
  type Database,
  emptyProgramUpdate,
  type MessageName,
  numberProgramUpdates,
  placeProgramUpdate,
  programStanding,
  readMessage,
  readNewestOf,
  readOutbox,
  readProgramUpdates,
  sizeOfProgramUpdates,
  sizeOfStrayUpdates,
  takeProgramUpdates,
} from "@yanshu/store";
import {
  type AccountId,
  type Bytes,
  type ConversationId,
  concat,
  equalBytes,
  fromHex,
  plain,
  toHex,
  utf8,
} from "@yanshu/wire";
import {
  atMost,
  ClientError,
  type FeatureContext,
  type FileView,
  type Hex,
  idFrom,
  type MessageRef,
  nameOf,
  type Placed,
  type ReadContext,
  type Said,
} from "../../feature.ts";
import { hasPublisher } from "./publisher.ts";

const sharedLimits = {
  /** Of one member, by one program in one chat. */
  updatesMax: 10_000,
  bytesMax: 10 << 20,
  /** So many times that much for cards that are not here: history brings what is newest first. */
  strayTimes: 4,
  /** Of one answer. */
  pageUpdatesMax: 200,
  /** So many files of a chat are looked at for a program that was given there. */
  filesLookedAt: 500,
  pageCharsMax: 512 << 10,
} as const;

/** `payload`: JSON. `info`: a line in the chat. `summary`: stands on the card from then on. */
export type ProgramUpdate = { readonly payload: string; readonly info?: string; readonly summary?: string };
export type PlacedUpdate = ProgramUpdate & { readonly serial: number };
export type ProgramState = { readonly last: number; readonly summary?: string };

/** A program that the other one of a chat of two gave there. */
export type GivenProgram = {
  readonly card: MessageRef;
  readonly name: string;
  readonly type: string;
  readonly file: FileView;
};

export type SharedProgramsApi = {
  /** The newest, if there is one. */
  readonly givenProgram: (conversation: Hex) => Promise<GivenProgram | undefined>;
  /**
   * What a program may know of this account in that chat: no other chat has that address. `publisher`: how the account
   * is called that gave it and may be asked, which it is not told.
   */
  readonly joinProgram: (
    conversation: Hex,
    card: MessageRef,
  ) => Promise<{ readonly address: string; readonly name: string; readonly publisher?: string }>;
  /** Rejects with `unknown-message`, `not-allowed`, `too-long`, and `too-large` where the program is full. */
  readonly shareFromProgram: (conversation: Hex, card: MessageRef, update: ProgramUpdate) => Promise<void>;
  /** Those behind a serial, in order; some of them, where there are many. */
  readonly programUpdates: (conversation: Hex, card: MessageRef, after: number) => Promise<readonly PlacedUpdate[]>;
};

type Update = BodyOf<"programUpdate"> | BodyOf<"programInfo">;
type PlacedHere = Pick<Placed<"programUpdate">, "conversation" | "on"> & { readonly body: Update };
type Echoed = Pick<Said<"programUpdate">, "conversation" | "by" | "id"> & { readonly body: Update };

type Size = { count: number; bytes: number; isFresh: boolean };
/**
 * What members share, by program, as it was counted. To count anew at each update would take as long as they are many.
 */
const sizes = new WeakMap<Database, Map<string, Size>>();
const sizesMax = 200;

/**
 * A changed client shares without end: what is beyond keeps its place and loses its body.
 *
 * @checks PR45
 */
function isBeyond(
  { db }: FeatureContext,
  conversation: ConversationId,
  card: MessageName,
  author: AccountId,
  added: number,
): boolean {
  const isStray = readMessage(db, conversation, card.author, card.id) === undefined;
  const known = sizes.get(db) ?? new Map<string, Size>();
  sizes.set(db, known);
  const key = [conversation, author, ...(isStray ? [] : [card.author, card.id])].map(toHex).join();
  const count = (): Size => ({
    ...(isStray ? sizeOfStrayUpdates(db, conversation, author) : sizeOfProgramUpdates(db, conversation, card, author)),
    isFresh: true,
  });
  const max = isStray ? sharedLimits.strayTimes : 1;
  const over = ({ count: updates, bytes }: Size) =>
    updates > sharedLimits.updatesMax * max || bytes > sharedLimits.bytesMax * max;
  const kept = known.get(key);
  let size: Size = kept === undefined ? count() : { count: kept.count + 1, bytes: kept.bytes + added, isFresh: false };
  // Some may have gone since it was counted.
  if (over(size) && kept?.isFresh === false) size = count();
  const isOver = over(size);
  if (known.size >= sizesMax) known.clear();
  known.set(key, isOver ? { count: size.count - 1, bytes: size.bytes - added, isFresh: size.isFresh } : size);
  return isOver;
}

/** Its card may come later than it does, as history does; then it is no update either. @checks PR22 */
function place(
  context: FeatureContext,
  conversation: ConversationId,
  on: MessageName,
  { author, id, summary, payload }: Update,
  isNewest: boolean,
): void {
  const { db } = context;
  const card = readMessage(db, conversation, author, id);
  if (card !== undefined && card.kind !== "file") return;
  takeProgramUpdates(db, conversation, on);
  placeProgramUpdate(db, conversation, { author, id }, on, { summary, isNewest });
  if (!isBeyond(context, conversation, { author, id }, on.author, payload.length)) return;
  const known = new Map(sizes.get(db));
  context.erase(conversation, on, "deleted");
  sizes.set(db, known);
}

/** One's own waits for its place, which home tells. */
function placed(context: FeatureContext, { conversation, on, body }: PlacedHere): false {
  const isWaiting = equalBytes(on.author, context.own()) && readOutbox(context.db, on.id) !== undefined;
  if (!isWaiting) place(context, conversation, on, body, false);
  return false;
}

function echoed(context: FeatureContext, { conversation, by, id, body }: Echoed): void {
  place(context, conversation, { author: by, id }, body, true);
  context.changedIn(conversation);
}

export const sharedHandlers = {
  placed: { programUpdate: placed, programInfo: placed },
  echoed: { programUpdate: echoed, programInfo: echoed },
} as const;

/** An update goes with its message, and all of a program's with its card. Inside a transaction. */
export function eraseShared({ db, erase }: FeatureContext, conversation: ConversationId, name: MessageName): void {
  emptyProgramUpdate(db, conversation, name);
  sizes.delete(db);
  // Versions before put updates on updates: those go too. Each row goes before its message, so that this ends.
  const gone = [name];
  for (const card of gone) for (const update of takeProgramUpdates(db, conversation, card)) gone.push(update);
  for (const update of gone.slice(1)) erase(conversation, update, "deleted");
}

export function readProgramState({ database }: ReadContext, chat: Hex, card: MessageRef): ProgramState {
  const conversation = idFrom(chat);
  if (conversation === undefined) return { last: 0 };
  const { last, summary } = programStanding(database, conversation, nameOf(card));
  return { last, ...(summary === null ? {} : { summary }) };
}

/** What the card is called that brought a program; empty where it is not here. */
export function programName(database: Database, conversation: Bytes, { author, id }: MessageName): string {
  const row = readMessage(database, conversation as ConversationId, author, id);
  const body = row?.kind === "file" ? decodeBody(row.body) : undefined;
  return body?.kind === "file" ? plain(body.name).replace(/\.(?:ymp|xdc)$/i, "") : "";
}

/** @returns hex of 16 bytes. */
function addressIn(
  context: FeatureContext,
  conversation: ConversationId,
  card: MessageName,
  account: AccountId,
): string {
  const label = utf8("yanshu program self v1\0");
  return toHex(context.sha256(concat(label, conversation, card.author, card.id, account)).subarray(0, 16));
}

export function sharedApi(context: FeatureContext): SharedProgramsApi {
  const { db, find, own, read, say, writable } = context;
  return {
    async givenProgram(chat) {
      const conversation = fromHex(chat) as ConversationId;
      for (const { author, id } of readNewestOf(db, conversation, "file", sharedLimits.filesLookedAt)) {
        const row = readMessage(db, conversation, author, id);
        const body = row === undefined ? undefined : decodeBody(row.body);
        if (body?.kind !== "file" || !hasPublisher(context, conversation, author, body)) continue;
        const card = { author: toHex(author), id: toHex(id) };
        const name = plain(body.name).replace(/\.ymp$/i, "");
        return { card, name, type: body.type, file: read().fileOf(body.blob) };
      }
      return undefined;
    },

    async joinProgram(chat, card) {
      const conversation = fromHex(chat);
      const { name, body } = find(conversation, card, "file");
      const me = read().peopleIn(conversation).get(toHex(own()));
      const giver = () => read().peopleIn().get(toHex(name.author)).name;
      const publisher = hasPublisher(context, conversation, name.author, body) ? { publisher: giver() } : {};
      return { address: addressIn(context, conversation, name, own()), name: me.name, ...publisher };
    },

    async shareFromProgram(chat, card, { payload, info, summary }) {
      const conversation = writable(chat);
      const { name } = find(conversation, card, "file");
      const { count, bytes } = sizeOfProgramUpdates(db, conversation, name, own());
      // not a check: what one shares oneself.
      if (count >= sharedLimits.updatesMax || bytes + payload.length > sharedLimits.bytesMax)
        throw new ClientError("too-large");
      const said = {
        ...name,
        payload: atMost(payload, programStateLimits.payloadMax),
        ...(summary === undefined ? {} : { summary: atMost(summary, programStateLimits.summaryMax) }),
      };
      if (info === undefined || info === "") say(conversation, { kind: "programUpdate", ...said });
      else say(conversation, { kind: "programInfo", ...said, info: atMost(info, programStateLimits.infoMax) });
    },

    async programUpdates(chat, card, after) {
      const found: PlacedUpdate[] = [];
      let chars = 0;
      const [conversation, name] = [fromHex(chat), nameOf(card)];
      numberProgramUpdates(db, conversation, name);
      for (const { serial, body } of readProgramUpdates(db, conversation, name, after, sharedLimits.pageUpdatesMax)) {
        const update = decodeBody(body);
        if (update?.kind !== "programUpdate" && update?.kind !== "programInfo") continue;
        const { payload, summary } = update;
        if (found.length > 0 && chars + payload.length > sharedLimits.pageCharsMax) break;
        chars += payload.length;
        const info = update.kind === "programInfo" ? { info: update.info } : {};
        found.push({ serial, payload, ...info, ...(summary === undefined ? {} : { summary }) });
      }
      return found;
    },
  };
}
