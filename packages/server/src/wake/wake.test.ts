/** The port `Wake`: both adapters, and what is NATS's own. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import type { Wake } from "../core/ports.ts";
import { hasNats, NatsCluster } from "../testkit/nats.ts";
import { until } from "../testkit/process.ts";
import { localWakes } from "./local.ts";
import { natsWake, subjectsOf } from "./nats.ts";
import { wakeContract } from "./wake-contract.ts";

const hmac = (key: Uint8Array, text: string) => new Uint8Array(createHmac("sha256", key).update(text).digest());

wakeContract("in one process", () => {
  const join = localWakes();
  return { join, settled: async () => void (await new Promise((next) => setTimeout(next, 1))) };
});

describe.skipIf(!hasNats)("NATS", () => {
  let cluster: NatsCluster;
  beforeAll(async () => {
    cluster = await NatsCluster.begin(3);
  }, 30_000);
  afterAll(() => cluster.end(), 30_000);

  /** Each server is at a node of its own. */
  function home() {
    const subjectOf = subjectsOf(crypto.getRandomValues(new Uint8Array(32)), hmac);
    const wakes: Wake[] = [];
    let joined = 0;
    const join = (): Wake => {
      const servers = [cluster.servers[joined++ % 3] as string];
      const wake = natsWake({ servers, subjectOf });
      wakes.push(wake);
      return wake;
    };
    return { join, settled: () => new Promise<void>((next) => setTimeout(next, 500)) };
  }

  wakeContract("NATS", home);

  test("[DS95] a node that dies and comes back is found again, and the server that was at it looks at once", async () => {
    const subjectOf = subjectsOf(new Uint8Array(32), hmac);
    const { servers } = cluster;
    const states: string[] = [];
    const [one, other] = [
      natsWake({ servers: [servers[0] as string], subjectOf, tell: (state) => states.push(state) }),
      natsWake({ servers: servers.slice(1), subjectOf }),
    ];
    let heard = 0;
    one.listen(1, () => heard++);
    await until(() => states.includes("there"));
    await cluster.kill(0);
    await until(() => states.includes("away"));
    for (let i = 0; i < 1_000; i++) other.call(1); // Nobody hears it, and it harms nobody.
    await cluster.start(0);
    await until(() => heard > 0);
    const before = heard;
    await until(() => {
      other.call(1);
      return heard > before;
    });
    await one.close();
    await other.close();
  }, 60_000);

  test("[DS95] one that is not there yet is waited for", async () => {
    await cluster.kill(2);
    const subjectOf = subjectsOf(new Uint8Array(32), hmac);
    const wake = natsWake({ servers: [cluster.servers[2] as string], subjectOf });
    let heard = 0;
    wake.listen(1, () => heard++);
    await cluster.start(2);
    const other = natsWake({ servers: cluster.servers, subjectOf });
    await until(() => {
      other.call(1);
      return heard > 0;
    });
    await wake.close();
    await other.close();
  }, 60_000);

  test("[DS95] a subject tells nothing of whose it is, and no two logs have one in common", () => {
    const [one, other] = [subjectsOf(new Uint8Array(32).fill(1), hmac), subjectsOf(new Uint8Array(32).fill(2), hmac)];
    const subjects = [one(1), one(2), other(1), other(2)];
    expect(new Set(subjects).size).toBe(4);
    for (const subject of subjects) expect(subject).toMatch(/^yanshu\.[\w-]{22}$/);
    expect(one(1)).toBe(subjects[0] as string);
  });
});
