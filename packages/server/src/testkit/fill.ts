/** Fill: an account of which the server keeps all that it can keep of anybody, in bytes that are known again. */
import { limits } from "@yanshu/wire";
import { nodePrimitives } from "../core/node-crypto.ts";
import { dayMs } from "../core/rate.ts";
import type { Client } from "./client.ts";
import { keepFamily } from "./family.ts";
import { homeRecord } from "./homes.ts";
import { keepPasskey } from "./passkey.ts";
import type { Person } from "./person.ts";
import type { TestServer } from "./test-server.ts";

const { sha256 } = nodePrimitives;

/** Bytes that stand nowhere else, and are known again. */
export const marked = (what: string, length = 32) => {
  const out = new Uint8Array(length);
  for (let at = 0; at < length; at += 32)
    out.set(sha256(new TextEncoder().encode(`${what} ${at}`)).subarray(0, length - at), at);
  return out;
};

/** Everything that a server keeps of somebody; answers what to look for. */
export async function fill(home: TestServer, person: Person, phone: Client): Promise<Uint8Array[]> {
  const { name } = person;
  const tablet = await (await person.addDevice(home, "tablet")).signIn(home);
  const found = [person.account, person.inception, person.root.publicKey, person.phone.id, person.phone.keys.publicKey];
  found.push(...person.entries);
  const put = (what: string, length?: number) => {
    const bytes = marked(`${name} ${what}`, length);
    found.push(bytes);
    return bytes;
  };
  for (const [client, device] of [
    [phone, "phone"],
    [tablet, "tablet"],
  ] as const) {
    await client.call("addresses", { add: [put(`${device} address`, 16), put(`${device} other`, 16)], remove: [] });
    await client.call("capabilities", { add: [put(`${device} capability`)], remove: [] });
    const expiresAtMs = home.clock.nowMs() + 30 * dayMs;
    for (const lastResort of [false, true])
      await client.call("keyPackages", {
        add: [{ package: put(`${device} package ${lastResort}`, 600), expiresAtMs, lastResort }],
        replace: false,
      });
  }
  await phone.call("capabilities", { add: [], remove: [marked(`${name} phone capability`)] }); // Rests for 90 days.
  const handleRecord = () => put("handle record", limits.handleRecordBytes);
  await phone.call("setHandle", { handle: { tag: put("former handle"), record: handleRecord() } });
  await phone.call("setHandle", { handle: { tag: put("handle"), record: handleRecord() } });
  for (let at = 0; at < 3; at++) await phone.call("vaultAppend", { at, segment: put(`segment ${at}`, 4_096) });
  await phone.call("keepRecord", { ...person.head, record: put("record", 2_048) });
  const { domain } = phone;
  const record = await homeRecord(person, [domain]);
  await phone.call("sayHome", { record });
  found.push(record);
  await phone.call("leave", { request: put("who leaves", 16) });
  const { accounts, features } = home.log;
  const ref = accounts.find(person.account)?.ref as number;
  home.log.transaction(() => features.channels.setDrawn(ref, 684, put("what was asked for marks")));
  phone.close();
  tablet.close();
  await home.clock.pass(10);
  const stranger = await home.client();
  await keepPasskey(person, stranger, { tag: put("passkey"), wrap: put("passkey's wrap", limits.passkeyWrapBytes) });
  await keepFamily(person, stranger, { tag: put("family"), wrap: put("family's wrap", limits.familyWrapBytes) });
  const request = put("who comes back", 16);
  await stranger.call("askFamily", { tag: marked(`${name} family`), request, isNew: true });
  for (const device of ["phone", "tablet"]) {
    const address = marked(`${name} ${device} address`, 16);
    const parts = [{ target: { kind: "address" as const, address }, envelope: put(`message to ${device}`, 700) }];
    await stranger.post({ mode: "deposit" }, parts);
  }
  stranger.close();
  return found;
}
