/**
 * Nats: a cluster of our own on free ports of loopback, with the binary of Debian's `nats-server`, each node a child of
 * this process that keeps nothing on disk. Without the binary there is none, and tests that need it are skipped.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { connect } from "node:net";
import { freePort } from "./ports.ts";

const binary = ["/usr/sbin/nats-server", "/usr/bin/nats-server"].find((path) => existsSync(path));

export const hasNats = binary !== undefined;

const startMsMax = 10_000;

export class NatsCluster {
  private readonly ports: readonly { readonly client: number; readonly route: number }[];
  private readonly nodes: (ChildProcess | undefined)[];

  private constructor(ports: NatsCluster["ports"]) {
    this.ports = ports;
    this.nodes = ports.map(() => undefined);
  }

  static async begin(nodes: number): Promise<NatsCluster> {
    for (let triesLeft = 3; ; triesLeft--) {
      const ports: { client: number; route: number }[] = [];
      for (let i = 0; i < nodes; i++) ports.push({ client: await freePort(), route: await freePort() });
      const cluster = new NatsCluster(ports);
      const started = await Promise.allSettled(ports.map((_, node) => cluster.start(node)));
      const failed = started.find((one) => one.status === "rejected");
      if (failed === undefined) return cluster;
      // A port that was free a moment ago went to a connection of somebody else's: others are looked for.
      await cluster.end();
      if (triesLeft === 1) throw failed.reason;
    }
  }

  /** As `--wake` takes it. */
  get url(): string {
    return `nats://${this.servers.join(",")}`;
  }

  get servers(): readonly string[] {
    return this.ports.map(({ client }) => `127.0.0.1:${client}`);
  }

  /** Resolves when the node takes connections. */
  async start(node: number): Promise<void> {
    const own = this.ports[node] as { client: number; route: number };
    const routes = this.ports.map(({ route }) => `nats://127.0.0.1:${route}`).join(",");
    const here = ["-a", "127.0.0.1", "-p", `${own.client}`];
    const cluster = ["--cluster_name", "yanshu", "--cluster", `nats://127.0.0.1:${own.route}`, "--routes", routes];
    const child = spawn(binary as string, [...here, ...cluster], { cwd: "/", stdio: "ignore" });
    this.nodes[node] = child;
    for (const endMs = performance.now() + startMsMax; !(await answers(own.client)); await pause(20))
      if (child.exitCode !== null || performance.now() > endMs) throw new Error(`node ${node} of NATS did not start`);
  }

  async kill(node: number): Promise<void> {
    const child = this.nodes[node];
    this.nodes[node] = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
  }

  async end(): Promise<void> {
    await Promise.all(this.nodes.map((_, node) => this.kill(node)));
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const settle = (isThere: boolean) => () => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once("data", settle(true)).once("error", settle(false));
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((next) => setTimeout(next, ms));
}
