/** Notes to an address that was given up: home shows them again, or took them before (docs/spec/sync.md SY18b). */
import { expect, test } from "bun:test";
import type { Ports } from "@yanshu/client";
import { concat, encodeParts, fromHex } from "@yanshu/wire";
import { postInTheDark } from "./dark.ts";
import { dropPush } from "./drops.ts";
import type { Person } from "./person.ts";
import { World } from "./world.ts";

const acksFrame = 0x11;

/** None of Ben's acknowledgements reaches home while `isSilent` says so. */
function withoutAcks(isSilent: () => boolean): (ports: Ports, person: Person) => Ports {
  return (ports, person) => ({
    ...ports,
    connect: (server, events) => {
      const socket = ports.connect(server, events);
      const send = (frame: Uint8Array) => {
        if (!(person.name === "Ben" && frame[0] === acksFrame && isSilent())) socket.send(frame);
      };
      return { ...socket, send };
    },
  });
}

const addressOf = ({ disk }: Person, conversation: string) =>
  disk.get<{ address: Uint8Array }>("SELECT address FROM addresses WHERE conversation = ?", fromHex(conversation))
    ?.address;

/** A note that nobody sealed. */
function throwNote(world: World, address: Uint8Array | undefined): void {
  if (address === undefined) throw new Error("no address");
  const envelope = concat(Uint8Array.of(1), world.chance.bytes(200));
  const parts = encodeParts([{ target: { kind: "address", address }, envelope }]);
  postInTheDark(world, "Eve", [], [{ header: { mode: "deposit" }, parts }]);
}

function queueOf(world: World, person: Person): number {
  const account = world.log.accounts.find(fromHex(person.account));
  const [device] = account === undefined ? [] : world.log.accounts.devices(account.ref);
  return device === undefined ? 0 : world.log.delivery.queueLength(device.ref);
}

test("[SY18b] what comes to an address that was given up is late, again or for the first time; what comes to one that is held must open", async () => {
  let isSilent = false;
  const world = new World({ seed: 2908, wrapPorts: withoutAcks(() => isSilent) });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const chat = await world.befriend(ann, ben);
  await world.befriend(ann, cat);
  await world.pass(1_000);
  isSilent = true;
  // Ben takes the Welcome's note, and home does not hear that.
  const group = await world.group(ann, [ben, cat], "Walks");
  const held = dropPush(world, ben.device, "deposit");
  throwNote(world, addressOf(ben, group));
  await world.until("home keeps another note back", () => held() === 1);
  await ben.api.leaveGroup(group);
  await world.until("his address is gone", () => addressOf(ben, group) === undefined);
  isSilent = false;
  world.network.breakSockets(ben.device);
  await world.until("both notes come", () => ben.client.diagnostics()["late-note"] === 2);
  await world.until("home has nothing left for him", () => queueOf(world, ben) === 0);
  expect(ben.view("conversation", group)?.state).toBe("left");
  expect(Object.keys(ben.client.diagnostics()).filter((what) => what.startsWith("unopenable"))).toEqual([]);

  throwNote(world, addressOf(ben, chat));
  await world.until("it is counted", () => ben.client.diagnostics()["unopenable-note"] === 1);
  expect(ben.client.diagnostics()["late-note"]).toBe(2);
  expect(world.bugs()).toEqual([]);
});
