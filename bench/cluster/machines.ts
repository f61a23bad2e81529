/**
 * Machines: some gateways over one PostgreSQL, three if nobody says otherwise, with three nodes of NATS between them,
 * all on loopback, on free ports or on one that they share, and in temporary folders, from the binaries that Debian
 * installs. Each may be killed and begun again.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasNats, NatsCluster } from "@yanshu/server/nats";
import { hasPostgres, PostgresCluster } from "@yanshu/server/postgres";
import { greet } from "../load/people.ts";
import { freePort } from "../ports.ts";

const program = join(import.meta.dirname, "../raised-server.ts");
const greetMsMax = 30_000;
const nodes = 3;

/** What is missing, in words; undefined when all is there. */
export function missing(): string | undefined {
  const wanted = [hasPostgres ? [] : ["postgresql"], hasNats ? [] : ["nats-server"]].flat();
  return wanted.length === 0 ? undefined : `Missing: ${wanted.join(", ")} (Debian's names)`;
}

export type MachinesOptions = {
  readonly gateways?: number;
  /** All gateways listen on one port (docs/spec/delivery.md DS98). */
  readonly sharePort?: boolean;
  readonly host?: string;
};

type Gateway = { readonly port: number; readonly operatorPort: number; readonly data: string; child: Bun.Subprocess };

export class Machines {
  readonly postgres: PostgresCluster;
  readonly nats: NatsCluster;
  readonly databaseUrl: string;
  private readonly folder: string;
  private readonly gateways: Gateway[] = [];

  private readonly host: string;
  private readonly sharedPort: number | undefined;

  private constructor(postgres: PostgresCluster, nats: NatsCluster, options: MachinesOptions) {
    this.postgres = postgres;
    this.nats = nats;
    this.host = options.host ?? "127.0.0.1";
    this.sharedPort = options.sharePort === true ? freePort() : undefined;
    this.databaseUrl = postgres.database();
    this.folder = mkdtempSync(join(tmpdir(), "yanshu-cluster-"));
  }

  static async begin(options: MachinesOptions = {}): Promise<Machines> {
    const postgres = await PostgresCluster.begin(true);
    const nats = await NatsCluster.begin(nodes).catch((error: unknown) => {
      postgres.end();
      throw error;
    });
    const machines = new Machines(postgres, nats, options);
    for (let i = 0; i < (options.gateways ?? 3); i++) await machines.addGateway();
    return machines;
  }

  /** Where clients connect. */
  get urls(): readonly string[] {
    return this.gateways.map(({ port }) => `ws://127.0.0.1:${port}/ws`);
  }

  /** Of the first: in it stands what all of them share. */
  get data(): string {
    return this.gateways[0]?.data ?? "";
  }

  get pids(): readonly number[] {
    return this.gateways.map(({ child }) => child.pid);
  }

  /** Of each, what its operator sees. */
  async counts(): Promise<readonly Record<string, number>[]> {
    const ask = async ({ operatorPort }: Gateway) => (await fetch(`http://127.0.0.1:${operatorPort}/`)).json();
    return (await Promise.all(this.gateways.map(ask))) as readonly Record<string, number>[];
  }

  async killGateway(index: number): Promise<void> {
    const { child } = this.gateways[index] as Gateway;
    child.kill("SIGKILL");
    await child.exited;
  }

  /** Resolves when it greets. */
  async startGateway(index: number): Promise<void> {
    const gateway = this.gateways[index] as Gateway;
    gateway.child = this.spawn(gateway);
    await this.greeted(gateway);
  }

  /** All gateways at once, as new as they began. */
  async restart(): Promise<void> {
    for (let i = 0; i < this.gateways.length; i++) await this.killGateway(i);
    for (let i = 0; i < this.gateways.length; i++) await this.startGateway(i);
  }

  async end(): Promise<void> {
    for (const { child } of this.gateways) child.kill("SIGKILL");
    await Promise.all(this.gateways.map(({ child }) => child.exited));
    await this.nats.end();
    this.postgres.end();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async addGateway(): Promise<void> {
    const data = mkdtempSync(join(this.folder, "gateway-"));
    const place = { port: this.sharedPort ?? freePort(), operatorPort: freePort(), data };
    const gateway = { ...place, child: this.spawn(place) };
    this.gateways.push(gateway);
    await this.greeted(gateway);
  }

  private spawn({ port, operatorPort, data }: Omit<Gateway, "child">): Bun.Subprocess {
    const flags = ["--port", `${port}`, "--data", data, "--operator-port", `${operatorPort}`];
    const own = {
      YANSHU_LOG: this.databaseUrl,
      YANSHU_WAKE: this.nats.servers.join(","),
      YANSHU_HOST: this.host,
      ...(this.sharedPort === undefined ? {} : { YANSHU_SHARE_PORT: "yes" }),
    };
    return Bun.spawn([process.execPath, program, ...flags], {
      stdout: "ignore",
      stderr: "inherit",
      env: { ...process.env, ...own, NODE_ENV: "production" },
    });
  }

  private async greeted({ port, operatorPort, child }: Gateway): Promise<void> {
    for (const endMs = performance.now() + greetMsMax; ; await Bun.sleep(20)) {
      if (child.exitCode !== null) throw new Error(`a gateway ended with code ${child.exitCode}`);
      try {
        await fetch(`http://127.0.0.1:${operatorPort}/`); // On a port that they share another one might greet.
        (await greet(`ws://127.0.0.1:${port}/ws`)).peer.close();
        return;
      } catch (error) {
        if (performance.now() > endMs) throw error;
      }
    }
  }
}
