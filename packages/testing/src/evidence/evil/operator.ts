/**
 * Operator: what the operator of a server can do without a key of anybody's: change what it answers,
 * drop, repeat and invent pushes, read its own database, and post as any stranger may.
 */
import {
  type Bytes,
  type CallResult,
  decodeClientFrame,
  decodeResult,
  decodeServerFrame,
  type ErrorCode,
  encodeCall,
  encodeParts,
  encodePost,
  encodePush,
  encodeResult,
  fromHex,
  type Part,
  type PostHeader,
  type Push,
  toHex,
} from "@yanshu/wire";
import type { Person } from "../../world/person.ts";
import type { World } from "../../world/world.ts";

const resultFrame = 0x81;
const pushFrame = 0xc0;
const dayMs = 86_400_000;

export type ClaimAnswer = CallResult<"claim">;

/** Changes what `person` is answered to claims. Returns how many there were. */
export function answerClaims(world: World, person: Person, change: (answer: ClaimAnswer) => ClaimAnswer): () => number {
  let changed = 0;
  world.network.meddle(person.device, (frame) => {
    const answer = frame[0] === resultFrame ? claimIn(frame) : undefined;
    if (answer === undefined) return [frame];
    changed++;
    return [encodeResult(answer.request, "claim", change(answer.claim))];
  });
  return () => changed;
}

function claimIn(frame: Bytes): { request: number; claim: ClaimAnswer } | undefined {
  const decoded = decodeServerFrame(frame);
  if (decoded.type !== "result") return undefined;
  try {
    return { request: decoded.request, claim: decodeResult("claim", decoded.body) };
  } catch {
    return undefined; // The answer to another call.
  }
}

/** Decides about each push for `person`: which frames it becomes. */
export function changePushes(world: World, person: Person, change: (push: Push) => readonly Push[]): void {
  world.network.meddle(person.device, (frame) => {
    if (frame[0] !== pushFrame) return [frame];
    const decoded = decodeServerFrame(frame);
    return decoded.type === "push" ? change(decoded.push).map(encodePush) : [frame];
  });
}

/** Keeps the next `count` pushes from `person`, as if they had been delivered. */
export function dropPushes(world: World, person: Person, count: number): () => number {
  let dropped = 0;
  changePushes(world, person, (push) => {
    if (dropped >= count) return [push];
    dropped++;
    return [];
  });
  return () => dropped;
}

/** Slips these in behind the next push for `person`, under its id. */
export function inventPushes(world: World, person: Person, invented: readonly Omit<Push, "id">[]): () => number {
  let given = 0;
  changePushes(world, person, (push) => {
    if (given > 0) return [push];
    given = invented.length;
    return [push, ...invented.map((one) => ({ ...one, id: push.id }))];
  });
  return () => given;
}

/** Posts as a stranger may, who has no account. Returns what it says. */
export async function postAsStranger(
  world: World,
  header: PostHeader,
  parts: readonly Part[],
): Promise<"ok" | ErrorCode | "unknown"> {
  const answers = new Map<number, "ok" | ErrorCode | "unknown">();
  let isOpen = false;
  const socket = world.network.connect("the operator", {
    open: () => {
      isOpen = true;
    },
    message: (bytes) => {
      const frame = decodeServerFrame(bytes);
      if (frame.type === "ok" || frame.type === "result") answers.set(frame.request, "ok");
      if (frame.type === "error") answers.set(frame.request, frame.code);
    },
    closed: () => undefined,
  });
  await world.until("the operator is connected", () => isOpen);
  socket.send(encodeCall(1, "hello", { versions: [1] }));
  socket.send(encodePost(2, header, encodeParts(parts)));
  await world.until("the operator is answered", () => answers.has(2));
  socket.close();
  return answers.get(2) ?? "unknown";
}

/** A published key package of a device, as it lies in the database. */
export function packageOf(world: World, person: Person): Bytes {
  const { accounts } = world.log;
  const account = accounts.find(fromHex(person.account));
  const devices = account === undefined ? [] : accounts.devices(account.ref);
  const today = Math.floor(world.clock.nowMs() / dayMs);
  const drawn = devices[0] === undefined ? undefined : accounts.drawPackage(devices[0].ref, today);
  if (drawn === undefined) throw new Error(`no key package of ${person.name} is left`);
  return drawn;
}

/** Every address that anything was posted to, by itself or in a list; needs `keepsTraffic`. */
export function addressesPosted(world: World): ReadonlySet<string> {
  const posted = new Set<string>();
  for (const frame of world.network.traffic) {
    const decoded = clientFrame(frame);
    if (decoded?.type === "post")
      for (const { target } of decoded.post.parts) if (target.kind === "address") posted.add(toHex(target.address));
    if (decoded?.type === "call" && decoded.name === "uploadList")
      for (const address of (decoded.args as { addresses: readonly Bytes[] }).addresses) posted.add(toHex(address));
  }
  return posted;
}

function clientFrame(frame: Bytes): ReturnType<typeof decodeClientFrame> | undefined {
  if ((frame[0] ?? 0xff) >= 0x80) return undefined;
  try {
    return decodeClientFrame(frame);
  } catch {
    return undefined;
  }
}

/** How often this device noticed something, by its diagnostics. */
export function noticed(person: Person, ...what: readonly string[]): number {
  const counts = person.client.diagnostics();
  return what.reduce((sum, name) => sum + (counts[name] ?? 0), 0);
}

/** All that a device noticed, in words. */
export function diagnosticsOf(...people: readonly Person[]): string {
  const parts = people.flatMap((person) =>
    Object.entries(person.client.diagnostics()).map(([what, count]) => `${person.name}: ${what} ${count}`),
  );
  return parts.length === 0 ? "nothing noticed" : parts.join(", ");
}
