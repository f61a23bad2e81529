/**
 * Claim (DS6, ID19): one key package of every device of an account, checked against its device list.
 *
 * The server is not believed: the list moves forward first, then each package must belong to a
 * device that the list names. A listed device without a package was withheld, and is counted.
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
import { farOf, serverOf } from "./places.ts";

export type Claimed =
  | {
      readonly kind: "claimed";
      readonly packages: readonly { readonly device: DeviceId; readonly bytes: Bytes }[];
      /** Whether the answer held a package of a device that the list does not name. */
      readonly ghosts: boolean;
    }
  | { readonly kind: "failed"; readonly why: ErrorCode | "unknown" | "lost" | "unreachable" | "refused" };

/** @param only draw for these devices alone. @param server where they are; absent: where the account is known to be. */
export async function claim(
  engine: Engine,
  account: AccountId,
  capability: Capability,
  only?: readonly DeviceId[],
  server: string = serverOf(engine, account),
): Promise<Claimed> {
  const far = farOf(engine, server);
  const asked = only === undefined ? { capability } : { capability, only };
  // Own packages name the own account: not beside what is posted (DS50).
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
  if (advance.kind === "frozen") return { kind: "failed", why: "refused" }; // Alarmed already.
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

/** Home, or the other server, does not want the two to speak; or it is not reached. */
function whyFar({ link }: Engine, far: string): "peer-refused" | "unreachable" {
  return link.farFault(far) === "peer-refused" ? "peer-refused" : "unreachable";
}

/** Another's account, or a list that no device of theirs signed: the server lies. */
function refuseList(engine: Engine, account: AccountId): Claimed {
  engine.db.transaction(() => {
    countDiagnostic(engine.db, "list-refused");
    alarm(engine, account, "device-refused");
  });
  return { kind: "failed", why: "refused" };
}

/** With whatever right there is: a given capability, that of a leaf in a common group, or one's own link. */
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
        add(member.claimCap, member.server);
    }
  }
  let last: Claimed = { kind: "failed", why: "bad-capability" };
  for (const { capability, server } of rights.values()) {
    last = await claim(engine, account, capability, options.only, server);
    if (last.kind === "claimed" || last.why === "lost") return last;
  }
  return last;
}
