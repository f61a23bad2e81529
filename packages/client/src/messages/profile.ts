/** The own profile, and who is told of it (docs/spec/sync.md SY8; docs/spec/identity.md ID24). */
import { readConversations } from "@yanshu/store";
import { type Engine, kindOf, ownOf } from "../core/engine.ts";
import { writeOwnProfile } from "../identity/own.ts";
import { latestHeard, ownProfile, profileFor, profileItem } from "../identity/profile-bodies.ts";
import type { OwnWord } from "../values/people.ts";
import { say } from "./outbox.ts";
import { tellOwnDevices } from "./own-devices.ts";

/**
 * Sets the own profile. Inside a transaction. Own devices and chats of two are told at once, groups with the next
 * message there.
 */
export function tellProfile(engine: Engine, { name, avatar, pat = "" }: OwnWord): void {
  const { db, ports } = engine;
  const stampMs = Math.max(ports.nowMs(), latestHeard(engine) + 1);
  writeOwnProfile(db, ownOf(engine).account, name, avatar, stampMs, pat);
  tellOwnDevices(engine, [profileItem(engine)]);
  for (const row of readConversations(db)) {
    const kind = kindOf(engine, row);
    if (kind.hasPeer && row.state === "open")
      say(engine, row.conversation, { kind: "profile", ...profileFor(engine, kind) });
  }
}

/** Sends the profile again, because data that goes with it changed. */
export function tellProfileAgain(engine: Engine): void {
  tellProfile(engine, ownProfile(engine));
}

/** Features that publish something of the profile at the server update it. */
export function profileChanged({ features, context }: Engine): void {
  for (const feature of features.features) feature.profileChanged?.(context);
}
