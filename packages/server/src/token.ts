/**
 * Standing invitation: 16 random bytes in the data folder, readable by the server's user alone, so
 * that it can be printed again. The database does not hold it, unless several servers share one.
 */
import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Bytes, idBytes } from "@yanshu/wire";
import type { PeerLog } from "./log/log.ts";
import { secretIn } from "./secrets.ts";

const secret = {
  name: "registration-token",
  bytes: idBytes.token,
  make: () => crypto.getRandomValues(new Uint8Array(idBytes.token)),
  unless: "no registration token: remove it, and a new one is made",
};

export class StandingInvitation {
  private readonly folder: string;
  private readonly peers: PeerLog | undefined;
  private held: Bytes;

  /** @throws OptionError when the file does not hold one. */
  constructor(folder: string, peers?: PeerLog) {
    this.folder = folder;
    this.peers = peers;
    this.held = secretIn(folder, secret, peers?.secret);
  }

  /** As it is now: another server over the same log may have put another in its place. */
  token(): Bytes {
    return this.peers?.secret(secret.name, this.held) ?? this.held;
  }

  /** Another one in its place, on disk when it returns. */
  renew(): Bytes {
    const path = join(this.folder, secret.name);
    const part = `${secret.name}.part`;
    rmSync(join(this.folder, part), { force: true });
    const made = secretIn(this.folder, { ...secret, name: part });
    this.peers?.replaceSecret(secret.name, made);
    renameSync(join(this.folder, part), path);
    this.held = made;
    return made;
  }
}
