/**
 * Register: makes people known to the server by its own protocol, and signs each in once.
 */
import { fromHex } from "@yanshu/wire";
import type { RegisterJob, RegisterResult, ServerTarget } from "./jobs.ts";
import type { Peer } from "./peer.ts";
import { greet, inParallel, makePerson, type Person, signIn } from "./people.ts";

/** Below what the server allows one connection in a minute by default. */
const callsPerConnection = 500;
const atOnce = 128;

/** One run of the benchmark uses one database, so the people may have the same keys each time. */
const seed = "bench";

export async function people({ url }: Pick<ServerTarget, "url">, to: number, from = 0): Promise<readonly Person[]> {
  const { peer, greeting } = await greet(url);
  peer.close();
  return Array.from({ length: to - from }, (_, i) => makePerson(seed, from + i, greeting.domain));
}

/** Registers everybody over a few connections. */
export async function registerAll(server: ServerTarget, everybody: readonly Person[], calls = atOnce): Promise<void> {
  const token = fromHex(server.registrationToken);
  const registrars = Math.ceil(everybody.length / callsPerConnection) + 1;
  const desks = await Promise.all(Array.from({ length: registrars }, () => greet(server.url)));
  await inParallel(everybody.length, calls, async (i) => {
    const { peer } = desks[i % registrars] as { peer: Peer };
    const { inception, entry } = everybody[i] as Person;
    await peer.call("register", { token, inception, entry });
  });
  for (const { peer } of desks) peer.close();
}

/** Everybody's first sign-in, with the address that they receive by. */
export async function signInAll(server: ServerTarget, everybody: readonly Person[]): Promise<readonly Peer[]> {
  const peers: Peer[] = [];
  await inParallel(everybody.length, atOnce, async (i) => {
    const person = everybody[i] as Person;
    const peer = await signIn(server.url, person, 0);
    await peer.call("addresses", { add: [person.address], remove: [] });
    peers[i] = peer;
  });
  return peers;
}

export async function runRegister({
  server,
  people: count,
  from = 0,
  atOnce: calls = atOnce,
}: RegisterJob): Promise<RegisterResult> {
  const startedMs = performance.now();
  const everybody = await people(server, from + count, from);
  await registerAll(server, everybody, calls);
  await inParallel(everybody.length, calls, async (i) => {
    const person = everybody[i] as Person;
    const peer = await signIn(server.url, person, 0);
    await peer.call("addresses", { add: [person.address], remove: [] });
    peer.close();
  });
  return { seconds: (performance.now() - startedMs) / 1_000 };
}
