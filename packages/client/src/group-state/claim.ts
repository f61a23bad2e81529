/**
 * Claim (DS6, ID19): one key package of each device of an account, checked against its device list.
 *
 * The server is not trusted: the list is extended first, then each package must belong to a device in the list. A
 * listed device without a package means that the server withheld it; that is counted.
 */
import { countDiagnostic, rightsTo } from "@yanshu/store";
import {
  type AccountId,
  type Bytes,
  type Capability,
  type DeviceId,
  deviceIdOf,
  type ErrorCode,
  equalBytes,
  toHex,
} from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";
import { contactCapability } from "../identity/contact-link.ts";
import { alarm } from "./alarm.ts";
import { farOf, serverNow, serverOf } from "./places.ts";

export type Claimed =
  | {
      readonly kind: "claimed";
      readonly packages: readonly { readonly device: DeviceId; readonly bytes: Bytes }[];
      /** Whether the answer held a package of a device that the list does not name. */
      readonly ghosts: boolean;
    }
  | { readonly kind: "failed"; readonly why: ErrorCode | "unknown" | "lost" | "unreachable" | "refused" };

/** @param only claims for these devices alone. @param server their home; absent: the account's home as known here. */
export async function claim(
  engine: Engine,
  account: AccountId,
  capability: Capability,
  only?: readonly DeviceId[],
  server: string = serverOf(engine, account),
): Promise<Claimed> {
  const far = farOf(engine, server);
  const asked = only === undefined ? { capability } : { capability, only };
  // A claim for the own account would reveal it on the anonymous connection (DS50).
  const isOwn = equalBytes(account, ownOf(engine).account);
  const { link } = engine;
  const answer = !isOwn
    ? await link.ask(far, "claim", asked)
    : link.isBefore(far)
      ? await link.before.call("claim", asked)
      : await link.call("signed", "claim", asked);
  if (answer.kind === "lost" && far !== undefined) return { kind: "failed", why: whyFar(engine, far) };
  if (answer.kind === "lost") return { kind: "failed", why: "lost" };
  if (answer.kind === "error") return { kind: "failed", why: answer.code };
  const { value } = answer;
  // @checks ID19
  if (!equalBytes(value.account, account)) return refuseList(engine, account);
  const advance = await engine.lists.take(value.history);
  // @checks ID19
  if (advance.kind === "frozen") return { kind: "failed", why: "refused" }; // The alarm is shown already.
  // @checks ID19
  if (advance.kind === "refused" || !equalBytes(advance.list.account, account)) return refuseList(engine, account);
  const listed = engine.lists.devices(account);
  const packages: { device: DeviceId; bytes: Bytes }[] = [];
  let ghosts = false;
  for (const drawn of value.packages) {
    if (drawn.package === undefined) continue;
    const read = await engine.mls.readKeyPackage(drawn.package);
    // @checks ID19
    const honest =
      read !== undefined &&
      equalBytes(read.account, account) &&
      // not a check: mls takes no leaf whose device is not the hash of its key.
      equalBytes(deviceIdOf(engine.ports.crypto.sha256, read.deviceKey), read.device) &&
      listed.some((device) => equalBytes(device.id, read.device)) &&
      !packages.some((other) => equalBytes(other.device, read.device));
    if (honest) packages.push({ device: read.device, bytes: drawn.package });
    else {
      countDiagnostic(engine.db, "device-refused");
      ghosts = true;
    }
  }
  if (ghosts) engine.db.transaction(() => alarm(engine, account, "device-refused"));
  for (const device of only ?? listed.map(({ id }) => id)) {
    if (!packages.some((drawn) => equalBytes(drawn.device, device))) countDiagnostic(engine.db, "package-withheld");
  }
  return { kind: "claimed", packages, ghosts };
}

/** Whether the two servers refuse to talk, or the other one cannot be reached. */
function whyFar({ link }: Engine, far: string): "peer-refused" | "unreachable" {
  return link.farFault(far) === "peer-refused" ? "peer-refused" : "unreachable";
}

/** The list is another account's, or no device of the account signed it: the server lies. */
function refuseList(engine: Engine, account: AccountId): Claimed {
  engine.db.transaction(() => {
    countDiagnostic(engine.db, "list-refused");
    alarm(engine, account, "device-refused");
  });
  return { kind: "failed", why: "refused" };
}

/** Claims with any capability there is: a given one, that of a leaf in a common group, or the one of the own link. */
export async function claimByAnyRight(
  engine: Engine,
  account: AccountId,
  options: {
    readonly capability?: Capability | undefined;
    readonly server?: string | undefined;
    readonly only?: readonly DeviceId[];
  } = {},
): Promise<Claimed> {
  const rights = new Map<string, { readonly capability: Capability; readonly server?: string | undefined }>();
  const add = (capability: Capability | undefined, server?: string) => {
    if (capability !== undefined) rights.set(toHex(capability), { capability, server });
  };
  add(options.capability, options.server);
  if (equalBytes(account, ownOf(engine).account)) add(await contactCapability(engine));
  for (const capability of rightsTo(engine.db, account)) add(capability); // What the recovery record held (GR31.5).
  for (const group of engine.groups.values()) {
    for (const member of group.members) {
      if (equalBytes(member.account, account) && !equalBytes(member.device, ownOf(engine).device))
        add(member.claimCap, serverNow(engine, member));
    }
  }
  let last: Claimed = { kind: "failed", why: "bad-capability" };
  for (const { capability, server } of rights.values()) {
    last = await claim(engine, account, capability, options.only, server);
    if (last.kind === "claimed" || last.why === "lost") return last;
  }
  return last;
}
