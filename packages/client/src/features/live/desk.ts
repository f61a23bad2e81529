/**
 * Live desk: what this device shows or watches, and which Lives go on in the chat that is looked at (docs/spec/live.md
 * CA160, CA172–CA174). In memory alone: what stays of a Live is its message.
 */
import { readContact, readLives, readNewestOf, readOldToldLives, readToldLives } from "@yanshu/store";
import {
  type AccountId,
  type Bytes,
  type ContentId,
  type ConversationId,
  equalBytes,
  fromHex,
  toHex,
  type UnixMs,
} from "@yanshu/wire";
import { ClientError, type FeatureContext, type Hex, pack, type RoomLine, unpack } from "../../feature.ts";
import { isSoundTaken, takesSound } from "../../values/one-at-a-time.ts";
import { farOf, type LivePlace, liveName, mayBeIn } from "./place.ts";
import { firstLiveKey, type LiveKey, liveRoom } from "./seal.ts";
import { Show } from "./show.ts";
import { Watch, type WatchEnd } from "./watch.ts";

type Name = { readonly author: Bytes; readonly id: Bytes };
type MessageName = { readonly author: AccountId; readonly id: ContentId };
type Known = Pick<LivePlace, "room" | "device" | "title" | "home" | "sinceMs" | "key">;

export type LiveOver = { readonly place: LivePlace; readonly as: WatchEnd; readonly atMs: number };

const soundName = "live";
const tickMs = 500;
const liveMsMax = 12 * 3_600_000;
/** A stamp ahead of home's clock by more than this is nobody's. */
const aheadMsMax = 90_000;
/** Of one chat: so many, one of each author, of the newest messages. */
const offersMax = 3;
const lookedAtMax = 32;
/** Of those that were told late, the newest of each member before another's second. */
const toldMax = 300;
const askEveryMs = 60_000;
const answerMs = 10_000;
/** Of all chats, after the start. */
const oldMax = 64;
const oldAfterMs = 10_000;
const overMax = 256;

export class LiveDesk {
  showing: Show | undefined;
  watching: Watch | undefined;
  over: LiveOver | undefined;
  /** Those of which home said that somebody shows, or which their author says at a home that is not asked (PE69). */
  readonly goingOn = new Map<Hex, LivePlace>();
  private readonly context: FeatureContext;
  private readonly ended = new Set<Hex>();
  /** Who leaves and comes back takes nothing a second time (CA179). */
  private readonly heard = new Map<Hex, Map<string, number>>();
  /** At which other homes this person watched whom. */
  private readonly met = new Set<string>();
  private looked: Hex | undefined;
  private isTicking = false;
  private askedMs = 0;

  constructor(context: FeatureContext) {
    this.context = context;
    takesSound(context.db, soundName, () => this.showing !== undefined || this.watching !== undefined);
  }

  get areThere(): boolean {
    return this.context.rooms.areThere() === true;
  }

  /** @throws ClientError `not-allowed`, `server-unreachable`, `too-often` where something goes on here. */
  start(conversation: ConversationId, title: string, host: string): Hex {
    const { context } = this;
    this.mayBegin();
    // not a check: of what the person here asks for.
    if (context.group(conversation)?.kind.hasGroupCalls !== true) throw new ClientError("not-allowed");
    const showSecret = context.random(32);
    const room = liveRoom(context.rooms.crypto, showSecret);
    const secret = context.random(32);
    const place: LivePlace = {
      live: liveName(room, context.own()),
      conversation,
      room,
      key: firstLiveKey(context.rooms.crypto, secret),
      author: toHex(context.own()),
      device: context.device(),
      title,
      home: context.rooms.homeToName(conversation),
      sinceMs: context.rooms.nowMs(),
      id: undefined,
    };
    this.over = undefined;
    const changed = () => this.changed(conversation);
    this.showing = new Show(
      context,
      place,
      host,
      { secret, showSecret },
      {
        changed,
        closed: () => this.closed(),
      },
    );
    this.tickSoon();
    changed();
    return place.live;
  }

  end(): void {
    const show = this.showing;
    if (show === undefined) return;
    this.showing = undefined;
    show.end();
    this.changed(show.place.conversation);
  }

  /** It ends without the person: home is away for too long, or they are no longer in the chat. The page is told. */
  private closed(): void {
    const place = this.showing?.place;
    if (place === undefined) return;
    this.over = { place, as: "closed", atMs: this.context.nowMs() };
    this.end();
  }

  /** @throws ClientError `unknown-message` where there is none, `too-often`, `server-unreachable`. */
  watch(conversation: ConversationId, live: Hex, host: string): void {
    if (this.watching?.place.live === live) return;
    this.mayBegin();
    const place = this.stored(conversation).find((one) => one.live === live);
    // not a check: of what the person here asks for.
    if (place === undefined || this.ended.has(live)) throw new ClientError("unknown-message");
    this.over = undefined;
    this.watching = new Watch(this.context, place, host, this.heardOf(live), {
      changed: () => this.changed(conversation),
      entered: () => this.meets(place),
      ended: (as) => {
        this.watching = undefined;
        if (as === "over") this.isOver(place);
        this.over = { place, as, atMs: this.context.nowMs() };
        this.changed(conversation);
      },
    });
    this.tickSoon();
    this.changed(conversation);
  }

  private meets(place: LivePlace): void {
    const at = farOf(this.context, place);
    if (at !== undefined) this.met.add(`${place.author} ${at}`);
    const [first] = this.met;
    if (this.met.size > overMax && first !== undefined) this.met.delete(first);
  }

  private heardOf(live: Hex): Map<string, number> {
    const heard = this.heard.get(live) ?? new Map<string, number>();
    this.heard.set(live, heard);
    const [first] = this.heard.keys();
    if (this.heard.size > overMax && first !== undefined) this.heard.delete(first);
    return heard;
  }

  leave(): void {
    const watch = this.watching;
    if (watch === undefined) return;
    this.watching = undefined;
    watch.close();
    this.changed(watch.place.conversation);
  }

  /** The person looks at this chat: home is asked whether its newest Lives go on, now and once a minute. */
  look(chat: Hex | undefined): void {
    this.looked = chat;
    if (chat === undefined) return;
    this.askedMs = this.context.nowMs();
    void this.ask(fromHex(chat) as ConversationId);
    this.tickSoon();
  }

  /** Resolves with those that go on there, once home was asked. */
  async ask(conversation: ConversationId): Promise<readonly LivePlace[]> {
    if (!this.areThere || !mayBeIn(this.context, toHex(conversation))) return [];
    const asked = this.stored(conversation).filter(({ live }) => !this.ended.has(live));
    for (const { live, conversation: of } of this.goingOn.values())
      if (equalBytes(of, conversation) && !asked.some((one) => one.live === live)) this.goingOn.delete(live);
    await Promise.all(asked.map((place) => this.askOne(place)));
    return [...this.goingOn.values()].filter((place) => equalBytes(place.conversation, conversation));
  }

  /** A `live` message came: it goes on, as far as is known. */
  posted(conversation: ConversationId, by: AccountId): void {
    if (toHex(conversation) !== this.looked || equalBytes(by, this.context.own())) return;
    this.look(this.looked);
  }

  /** Its author said that it is over. */
  recorded(conversation: ConversationId, { author, id }: Name): void {
    const isIt = (one: LivePlace | undefined) => one?.author === toHex(author) && one.id === toHex(id);
    for (const place of this.goingOn.values()) if (isIt(place)) this.isOver(place);
    if (isIt(this.watching?.place)) this.watching?.end("over");
    this.forget(conversation, { author, id });
  }

  /** Whether it goes on, as far as is known here. */
  goesOn(live: Hex): boolean {
    return !this.ended.has(live);
  }

  /** Lives of this device of before, and the secrets of those that are too old (CA172, CA160). */
  started(): void {
    this.context.after(oldAfterMs, () => {
      const { context } = this;
      const beforeMs = context.rooms.nowMs() - liveMsMax;
      for (const told of readOldToldLives(context.db, beforeMs as UnixMs, oldMax)) this.forget(told.conversation, told);
      for (const live of readLives(context.db, oldMax)) {
        const { conversation, author, id } = live;
        const found = this.find(conversation, { author, id });
        if (found === undefined || found.body.secret === undefined) continue;
        if (live.sentMs <= beforeMs) this.forget(conversation, { author, id });
        else if (
          equalBytes(author, context.own()) &&
          equalBytes(found.body.device, context.device()) &&
          this.showing?.id !== toHex(id) &&
          mayBeIn(context, toHex(conversation))
        )
          context.say(conversation, { kind: "liveEnd", author, id, seconds: 0, watched: 0 });
      }
    });
  }

  private mayBegin(): void {
    // not a check: of what the person here asks for.
    if (!this.areThere) throw new ClientError("server-unreachable");
    // not a check: of what the person here asks for.
    if (this.showing !== undefined || this.watching !== undefined || isSoundTaken(this.context.db, soundName))
      throw new ClientError("too-often");
  }

  /** The newest of a chat that may go on, one of each author. */
  private stored(conversation: ConversationId): readonly LivePlace[] {
    const { context } = this;
    const offered: LivePlace[] = [];
    const authors = new Set<Hex>();
    const said = readNewestOf(context.db, conversation, "live", lookedAtMax);
    for (const name of [...said, ...readToldLives(context.db, conversation, toldMax)]) {
      const author = toHex(name.author);
      if (authors.has(author) || offered.length >= offersMax) continue;
      const place = this.placeOf(conversation, name);
      if (place === undefined) continue;
      authors.add(author);
      offered.push(place);
    }
    return offered;
  }

  private placeOf(conversation: ConversationId, { author, id }: Name): LivePlace | undefined {
    const { context } = this;
    const name = { author: author as AccountId, id: id as ContentId };
    const known = this.said(conversation, name) ?? this.told(conversation, name);
    if (known === undefined) return undefined;
    // Of its author alone (`apply`).
    if (context.marks(conversation, name, "liveEnd").length > 0) return undefined;
    const { room, device, sinceMs } = known;
    const ageMs = context.rooms.nowMs() - sinceMs;
    if (ageMs >= liveMsMax || ageMs <= -aheadMsMax) return undefined;
    // Who says so of a device that is not theirs shows nothing; nor does somebody who is blocked.
    const shows = context.rooms.keyOf(conversation, device);
    if (shows === undefined || !equalBytes(shows.account, author)) return undefined;
    if (readContact(context.db, author as AccountId)?.state === "blocked") return undefined;
    return { ...known, conversation, live: liveName(room, name.author), author: toHex(author), id: toHex(id) };
  }

  /** By its message. */
  private said(conversation: ConversationId, name: MessageName): Known | undefined {
    const { context } = this;
    const found = this.find(conversation, name);
    if (found === undefined) return undefined;
    const { secret, room, device, title = "", home } = found.body;
    if (secret === undefined || room === undefined) return undefined;
    const sinceMs = context.message(conversation, name).sent_ms;
    return { room, device, title, home, sinceMs, key: firstLiveKey(context.rooms.crypto, secret) };
  }

  /** As it was told to a device that came later (CA219). */
  private told(conversation: ConversationId, name: MessageName): Known | undefined {
    const { context } = this;
    const [on] = context.marks(conversation, name, "liveOn");
    const [key] = context.marks(conversation, name, "liveKey");
    const now = key && unpack<Partial<LiveKey>>(key.value);
    const { room, device, sinceMs, title = "", home } = on === undefined ? {} : unpack<Partial<Known>>(on.value);
    if (now?.key === undefined || now.generation === undefined) return undefined;
    if (room === undefined || device === undefined || sinceMs === undefined) return undefined;
    return { room, device, title, home, sinceMs, key: { generation: now.generation, key: now.key } };
  }

  private find(conversation: ConversationId, { author, id }: Name) {
    try {
      return this.context.find(conversation, { author: toHex(author), id: toHex(id) }, "live");
    } catch (error) {
      if (error instanceof ClientError) return undefined; // It was deleted, or recalled.
      throw error;
    }
  }

  /** A look goes to no home that a message alone names: it would learn when the chat is looked at. @checks PE69 */
  private mayAskAt(at: string | undefined, { conversation, author }: LivePlace): boolean {
    if (at === undefined || this.met.has(`${author} ${at}`)) return true;
    return this.context.rooms.isMetAt(conversation, fromHex(author) as AccountId, at);
  }

  private async askOne(place: LivePlace): Promise<void> {
    const at = farOf(this.context, place);
    if (this.mayAskAt(at, place)) return this.askAt(at, place);
    this.goingOn.set(place.live, place);
    this.changed(place.conversation);
  }

  private askAt(at: string | undefined, place: LivePlace): Promise<void> {
    const { context } = this;
    return new Promise((resolve) => {
      let line: RoomLine | undefined;
      const answered = (isOn: boolean | undefined) => {
        line?.close();
        line = undefined;
        if (isOn === true && !this.ended.has(place.live)) this.goingOn.set(place.live, place);
        else if (isOn === false) this.goingOn.delete(place.live);
        this.changed(place.conversation);
        resolve();
      };
      line = context.rooms.watch(
        place.room,
        {
          entered: (others) => answered(others.length > 0),
          refused: (code) => answered(code === "full"),
          said: () => undefined,
          seats: () => undefined,
          relay: () => undefined,
          away: () => undefined,
        },
        at,
      );
      context.after(answerMs, () => {
        if (line !== undefined) answered(undefined);
      });
    });
  }

  private isOver({ live }: LivePlace): void {
    this.goingOn.delete(live);
    this.ended.add(live);
    const [first] = this.ended;
    if (this.ended.size > overMax && first !== undefined) this.ended.delete(first);
  }

  /** The secret, the room and the keys go from the record. */
  private forget(conversation: ConversationId, { author, id }: Name): void {
    const { db, rewrite, setMark, nowMs, marks } = this.context;
    const name = { author: author as AccountId, id: id as ContentId };
    const body = this.find(conversation, name)?.body;
    const keys = marks(conversation, name, "liveKey");
    const told = marks(conversation, name, "liveOn");
    db.transaction(() => {
      if (body?.secret !== undefined) {
        const { secret: _secret, room: _room, ...rest } = body;
        rewrite(conversation, name, rest);
      }
      for (const mark of keys)
        if (unpack<{ key?: Bytes }>(mark.value).key !== undefined)
          setMark(conversation, name, { ...mark, value: pack({ generation: 0 }), stamp_ms: nowMs() });
      for (const mark of told)
        if (unpack<{ room?: Bytes }>(mark.value).room !== undefined)
          setMark(conversation, name, { ...mark, value: pack({}), stamp_ms: nowMs() });
    });
  }

  private tickSoon(): void {
    const isDue = () => this.showing !== undefined || this.watching !== undefined || this.looked !== undefined;
    if (this.isTicking || !isDue()) return;
    this.isTicking = true;
    this.context.after(tickMs, () => {
      this.isTicking = false;
      if (this.showing?.tick() === false) this.closed();
      this.watching?.tick();
      if (this.looked !== undefined && this.context.nowMs() - this.askedMs >= askEveryMs) this.look(this.looked);
      this.tickSoon();
    });
  }

  private changed(conversation: ConversationId): void {
    this.context.changed("live");
    this.context.changedIn(conversation);
  }
}
