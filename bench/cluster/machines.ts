/**
 * Machines: three gateways over one PostgreSQL, with three nodes of NATS between them, all on loopback, on free ports and in temporary
 * folders, from the binaries that Debian installs. Each may be killed and begun again.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasNats, NatsCluster } from "@yanshu/server/nats";
import { hasPostgres, PostgresCluster } from "@yanshu/server/postgres";
import { greet } from "../load/people.ts";
import { freePort } from "../server.ts";

const program = join(import.meta.dirname, "../raised-server.ts");
const greetMsMax = 30_000;
const nodes = 3;

/** What is missing, in words; undefined when all is there. */
export function missing(): string | undefined {
  const wanted = [hasPostgres ? [] : ["postgresql"], hasNats ? [] : ["nats-server"]].flat();
  return wanted.length === 0 ? undefined : `Missing: ${wanted.join(", ")} (Debian's names)`;
}

type Gateway = { readonly port: number; readonly operatorPort: number; readonly data: string; child: Bun.Subprocess };

export class Machines {
  readonly postgres: PostgresCluster;
  readonly nats: NatsCluster;
  readonly databaseUrl: string;
  private readonly folder: string;
  private readonly gateways: Gateway[] = [];

  private constructor(postgres: PostgresCluster, nats: NatsCluster) {
    this.postgres = postgres;
    this.nats = nats;
    this.databaseUrl = postgres.database();
    this.folder = mkdtempSync(join(tmpdir(), "yanshu-cluster-"));
  }

  static async begin(gateways = 3): Promise<Machines> {
    const machines = new Machines(await PostgresCluster.begin(), await NatsCluster.begin(nodes));
    for (let i = 0; i < gateways; i++) await machines.addGateway();
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

  async end(): Promise<void> {
    for (const { child } of this.gateways) child.kill("SIGKILL");
    await Promise.all(this.gateways.map(({ child }) => child.exited));
    await this.nats.end();
    this.postgres.end();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async addGateway(): Promise<void> {
    const data = mkdtempSync(join(this.folder, "gateway-"));
    const place = { port: freePort(), operatorPort: freePort(), data };
    const gateway = { ...place, child: this.spawn(place) };
    this.gateways.push(gateway);
    await this.greeted(gateway);
  }

  private spawn({ port, operatorPort, data }: Omit<Gateway, "child">): Bun.Subprocess {
    const flags = ["--port", `${port}`, "--data", data, "--operator-port", `${operatorPort}`];
    const own = { YANSHU_LOG: this.databaseUrl, YANSHU_WAKE: this.nats.servers.join(",") };
    return Bun.spawn([process.execPath, program, ...flags], {
      stdout: "ignore",
      stderr: "inherit",
      env: { ...process.env, ...own, NODE_ENV: "production" },
    });
  }

  private async greeted({ port, child }: Gateway): Promise<void> {
    for (const endMs = performance.now() + greetMsMax; ; await Bun.sleep(20)) {
      if (child.exitCode !== null) throw new Error(`a gateway ended with code ${child.exitCode}`);
      try {
        (await greet(`ws://127.0.0.1:${port}/ws`)).peer.close();
        return;
      } catch (error) {
        if (performance.now() > endMs) throw error;
      }
    }
  }
}
