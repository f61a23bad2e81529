/** Moments ledger: what was posted and said in Moments, and for whom by what people decided; no key is asked. */
import type { Hex, MomentAudience } from "@yanshu/client";
import { toHex } from "@yanshu/wire";
import type { Person } from "../world/person.ts";
import type { World } from "../world/world.ts";
import { accountOf, isAlive } from "./disk.ts";

/** What it is told of the simulation. */
type Observed = { readonly people: readonly Person[]; readonly world: World };

export type Posted = {
  readonly text: string;
  readonly by: Person;
  readonly account: Hex;
  readonly atMs: number;
  readonly audience: MomentAudience;
  /** To whom its author's devices told it, or may have. */
  readonly told: Set<Hex>;
  /** Undefined until its device has it. */
  id: Hex | undefined;
  /** It was deleted, or made private, or perhaps. */
  isGone: boolean;
};

export type Remark = {
  readonly by: Person;
  readonly account: Hex;
  readonly post: Posted;
  readonly atMs: number;
  readonly text: string;
  readonly answers: Remark | undefined;
  id: Hex | undefined;
  /** Taken back, or hidden, or perhaps: by which device first, and when. */
  gone?: { readonly by: Person; readonly account: Hex; readonly atMs: number };
};

/** What one account tells another: posts and words, or words alone. */
export type Telling = "posts" | "words";
const key = (telling: Telling, from: Hex, to: Hex) => `${telling}:${from}:${to}`;

function accountOfPerson(person: Person): Hex | undefined {
  const account = accountOf(person.disk);
  return account === undefined ? undefined : toHex(account);
}

type FriendRow = { readonly account: Uint8Array; readonly chats_only: number; readonly hides_mine: number };
const friendsSql = `SELECT c.account, coalesce(f.chats_only, 0) AS chats_only, coalesce(f.hides_mine, 0) AS hides_mine
  FROM contacts AS c LEFT JOIN moment_friends AS f ON f.account = c.account WHERE c.state = 'contact'`;

function friendsOf(person: Person, telling: Telling): readonly Hex[] {
  return person.disk
    .all<FriendRow>(friendsSql)
    .filter((row) => row.chats_only === 0 && (telling === "words" || row.hides_mine === 0))
    .map(({ account }) => toHex(account));
}

export class MomentsLedger {
  readonly posts: Posted[] = [];
  readonly remarks: Remark[] = [];
  /** When one was last seen to tell another. */
  private readonly last = new Map<string, number>();
  /** Since when all devices of one have told another, without a pause. */
  private readonly since = new Map<string, number>();

  /** Looks at everybody's friends: after each step. */
  sample(sim: Observed): void {
    const nowMs = sim.world.clock.nowMs();
    const devices = sim.people.flatMap((person) => {
      const account = accountOfPerson(person);
      if (account === undefined) return [];
      const friends = { posts: new Set(friendsOf(person, "posts")), words: new Set(friendsOf(person, "words")) };
      return [{ account, friends, isListed: isAlive(sim.world, person) }];
    });
    for (const telling of ["posts", "words"] as const)
      for (const { account, friends } of devices) {
        for (const { account: other } of devices) {
          const pair = key(telling, account, other);
          if (!friends[telling].has(other)) this.since.delete(pair);
          else {
            this.last.set(pair, nowMs);
            if (!this.since.has(pair)) this.since.set(pair, nowMs);
          }
        }
      }
    // A device that does not know a friend yet begins anew for all of its account.
    for (const telling of ["posts", "words"] as const)
      for (const { account, friends } of devices.filter(({ isListed }) => isListed))
        for (const { account: other } of devices)
          if (!friends[telling].has(other)) this.since.delete(key(telling, account, other));
    for (const post of this.posts) if (post.id === undefined) this.noteTold(sim, post);
  }

  /** At the moment it is asked for, and until its device has it. */
  noteTold(sim: Observed, post: Posted): void {
    const { who, people = [] } = post.audience;
    if (who === "me") return;
    const devices = sim.people.filter((one) => accountOfPerson(one) === post.account);
    for (const friend of devices.flatMap((one) => friendsOf(one, "posts")))
      if (who === "all" || people.includes(friend) === (who === "only")) post.told.add(friend);
  }

  /** Whether one was seen to tell another at that moment or later. */
  toldSince(telling: Telling, from: Hex, to: Hex, atMs: number): boolean {
    return (this.last.get(key(telling, from, to)) ?? -1) >= atMs;
  }

  /** Whether it did so all the time since before that moment. */
  toldThroughout(telling: Telling, from: Hex, to: Hex, atMs: number): boolean {
    return (this.since.get(key(telling, from, to)) ?? Number.POSITIVE_INFINITY) < atMs;
  }

  /** Whether this account may hold a post. */
  mayHold(account: Hex, { account: author, audience, told, atMs }: Posted): boolean {
    if (account === author || told.has(account)) return true;
    return audience.who === "all" && this.toldSince("posts", author, account, atMs);
  }

  /** Friends of its author who may hold its post, and what it answers. */
  mayRead(account: Hex, remark: Remark): boolean {
    if (account === remark.account) return true;
    const { post, answers, atMs } = remark;
    return (
      this.mayHold(account, post) &&
      this.toldSince("words", remark.account, account, atMs) &&
      (answers === undefined || this.mayRead(account, answers))
    );
  }

  postOf(id: Hex): Posted | undefined {
    return this.posts.find((one) => one.id === id);
  }

  remarkOf(id: Hex): Remark | undefined {
    return this.remarks.find((one) => one.id === id);
  }
}
