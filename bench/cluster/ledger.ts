/**
 * Ledger: what was posted, answered `ok` and received, and by that what was lost, stored twice or out of order.
 * Everything is told by its writer and its number among theirs, which stand in the last eight bytes of each envelope.
 */
import { Histogram } from "../histogram.ts";

type Post = { readonly beganMs: number; isAcknowledged: boolean; missing: number };
/** By writer, the ids under which a device received each of their posts. */
type Received = { readonly ids: number[]; highest: number };

export type Sums = {
  readonly acknowledged: number;
  readonly lost: number;
  readonly doubled: number;
  readonly disordered: number;
  /** The same push on another connection, since it was not acknowledged on the first: as it shall be. */
  readonly again: number;
};

export class Ledger {
  acknowledged = 0;
  /** From the first attempt until the last member has it. */
  readonly delivery = new Histogram();
  private doubled = 0;
  private disordered = 0;
  private again = 0;
  private readonly posts: Post[][] = [];
  private readonly members: (readonly number[])[] = [];
  private readonly received: Received[][] = [];
  /** Posts on their way: neither answered, nor with everybody. */
  private readonly open = new Set<Post>();

  /** @param members the devices that everything of this writer is for. */
  addWriter(members: readonly number[]): number {
    this.members.push(members);
    return this.posts.push([]) - 1;
  }

  /** The next of the writer's posts leaves. */
  begins(writer: number): number {
    const post = { beganMs: performance.now(), isAcknowledged: false, missing: this.members[writer]?.length ?? 0 };
    this.open.add(post);
    return (this.posts[writer] as Post[]).push(post) - 1;
  }

  /** It was answered `ok`. */
  accepts(writer: number, n: number): void {
    const post = this.posts[writer]?.[n] as Post;
    post.isAcknowledged = true;
    this.acknowledged++;
    this.settle(post);
  }

  arrives(device: number, writer: number, n: number, id: number): void {
    const received = this.receivedOf(device, writer);
    const known = received.ids[n];
    if (known !== undefined) {
      if (known === id) this.again++;
      else this.doubled++;
      return;
    }
    received.ids[n] = id;
    if (n < received.highest) this.disordered++;
    received.highest = Math.max(received.highest, n);
    const post = this.posts[writer]?.[n] as Post;
    post.missing--;
    if (post.missing === 0) this.delivery.add(performance.now() - post.beganMs);
    this.settle(post);
  }

  /** Those that are on their way now: to be asked for later. */
  underWay(): ReadonlySet<Post> {
    return new Set(this.open);
  }

  isDone(posts: ReadonlySet<Post>): boolean {
    for (const post of posts) if (this.open.has(post)) return false;
    return true;
  }

  get isAllDone(): boolean {
    return this.open.size === 0;
  }

  sums(): Sums {
    const { acknowledged, doubled, disordered, again } = this;
    const lost = this.posts.flat().filter((post) => post.isAcknowledged && post.missing > 0).length;
    return { acknowledged, lost, doubled, disordered, again };
  }

  private settle(post: Post): void {
    if (post.isAcknowledged && post.missing === 0) this.open.delete(post);
  }

  private receivedOf(device: number, writer: number): Received {
    this.received[device] ??= [];
    const of = this.received[device] as Received[];
    of[writer] ??= { ids: [], highest: -1 };
    return of[writer] as Received;
  }
}
