/** Whose connection it is that posts: what home could lay beside one another. */
import { expect, test } from "bun:test";
import { nodePrimitives } from "@yanshu/server";
import { capabilityHashOf, decodeClientFrame, toHex } from "@yanshu/wire";
import { World } from "../index.ts";

/** What of the traffic of one connection tells whose it is, and what of it belongs to groups. */
type Heard = { readonly naming: Set<string>; readonly posting: Set<string> };

/** Calls that name the account of the caller, or what home has listed under it. */
const naming: ReadonlySet<string> = new Set([
  "register",
  "signIn",
  "appendEntries",
  "ownEntries",
  "addresses",
  "keyPackages",
  "capabilities",
  "rendezvous",
]);

function overhear(world: World): ReadonlyMap<number, Heard> {
  const connections = new Map<number, Heard>();
  const owners = new Map<string, string>(); // Account by person.
  const rendezvous = new Set<string>();
  world.network.overhear = (number, device, bytes) => {
    const heard = connections.get(number) ?? { naming: new Set(), posting: new Set() };
    connections.set(number, heard);
    const frame = decodeClientFrame(bytes);
    if (frame.type === "call" && naming.has(frame.name)) heard.naming.add(frame.name);
    if (frame.type === "call" && frame.name === "rendezvous")
      rendezvous.add(toHex((frame.args as { address: Uint8Array }).address));
    if (frame.type === "call" && frame.name === "signIn")
      owners.set(device, toHex((frame.args as { account: Uint8Array }).account));
    if (frame.type === "call" && frame.name === "claim") {
      const { capability } = frame.args as { capability: Uint8Array };
      const ref = world.log.accounts.capabilityAccount(capabilityHashOf(nodePrimitives.sha256, capability));
      const account = ref === undefined ? undefined : world.log.accounts.byRef(ref);
      const isOwn = account !== undefined && owners.get(device) === toHex(account.id);
      if (isOwn) heard.naming.add("claim of own packages");
      else heard.posting.add("claim");
    }
    if (frame.type === "call" && frame.name === "uploadList") heard.posting.add("uploadList");
    if (frame.type === "post") {
      const toLinking = frame.post.parts.every(
        ({ target }) => target.kind === "address" && rendezvous.has(toHex(target.address)),
      );
      if (!toLinking) heard.posting.add(frame.post.header.mode);
    }
  };
  return connections;
}

test("[DS50] no connection that posts is ever crossed by what names its account", async () => {
  const world = new World({ seed: 73 });
  const connections = overhear(world);
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const chat = await world.befriend(ann, ben);
  const tablet = await world.linkDevice(ann);
  await world.pass(3_000); // It publishes its packages, which the next founding draws.
  const group = await world.group(ann, [ben, cat], "Family");
  await tablet.say(chat, "from the tablet");
  await world.until("Ben reads", () => ben.reads(chat).includes("from the tablet"));
  await world.during(ann.api.resetLink());
  await world.during(ann.api.revokeDevice(tablet.view("status").me?.device ?? ""));
  await ben.say(group, "is it gone?");
  await world.until("Ann reads", () => ann.reads(group).includes("is it gone?"));
  // The tablet, signed out, is handed to Ben, who posts with it.
  await world.until("the tablet is signed out", () => tablet.view("status").phase === "signed-out");
  await world.linkDevice(ben, tablet);
  await tablet.say(chat, "Ben, from the tablet");
  await world.until("Ann reads", () => ann.reads(chat).includes("Ben, from the tablet"));

  const all = [...connections.values()];
  const seen = new Set(all.flatMap((heard) => [...heard.naming, ...heard.posting]));
  for (const what of [...naming, "claim of own packages", "claim", "create", "commit", "application"])
    expect([what, seen.has(what)]).toEqual([what, true]); // All of it was played.
  const both = all.filter((heard) => heard.naming.size > 0 && heard.posting.size > 0);
  expect(both.map((heard) => [...heard.naming, ...heard.posting])).toEqual([]);
  expect(world.bugs()).toEqual([]);
});
