/**
 * Postgres: a cluster of our own in a temporary folder, on a free port of loopback, with the binaries of Debian's
 * `postgresql`. It runs as an unprivileged user, since PostgreSQL refuses to be root; without the binaries there is
 * none, and tests that need it are skipped.
 */
import { spawn, spawnSync } from "node:child_process";
import { appendFileSync, chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./ports.ts";

const versions = "/usr/lib/postgresql";

/** The newest that is installed. */
function binaries(): string | undefined {
  if (!existsSync(versions)) return undefined;
  const newest = readdirSync(versions).sort((a, b) => Number(b) - Number(a))[0];
  const folder = newest && join(versions, newest, "bin");
  return folder !== undefined && existsSync(join(folder, "initdb")) ? folder : undefined;
}

export const hasPostgres = binaries() !== undefined;

export class PostgresCluster {
  private readonly bin = binaries() as string;
  private readonly folder: string;
  private readonly port: number;
  private databases = 0;

  private constructor(port: number, isLasting: boolean) {
    this.port = port;
    this.folder = mkdtempSync(join(tmpdir(), "yanshu-postgres-"));
    chmodSync(this.folder, 0o700);
    if (isRoot) this.must("chown", ["postgres", this.folder]);
    const settings = [
      "listen_addresses = '127.0.0.1'",
      `port = ${port}`,
      `unix_socket_directories = '${this.folder}'`,
      ...(isLasting ? [] : ["fsync = off"]),
    ];
    const unsynced = isLasting ? [] : ["--no-sync"];
    this.own("initdb", "-D", this.data, "-U", "yanshu", "-A", "trust", "-E", "UTF8", "--no-locale", ...unsynced);
    appendFileSync(join(this.data, "postgresql.conf"), `${settings.join("\n")}\n`);
    try {
      this.start();
    } catch (error) {
      rmSync(this.folder, { recursive: true, force: true });
      throw error;
    }
  }

  /**
   * Somebody else may take the port while the cluster is made: then another one is tried.
   *
   * @param isLasting what is committed outlives a loss of power, as in life. A test ends processes alone, which the
   * system's own memory outlives.
   */
  static async begin(isLasting = false): Promise<PostgresCluster> {
    for (let tries = 1; ; tries++) {
      try {
        return new PostgresCluster(await freePort(), isLasting);
      } catch (error) {
        if (tries === 3) throw error;
      }
    }
  }

  start(): void {
    this.own("pg_ctl", "-D", this.data, "-l", join(this.folder, "log"), "-w", "start");
  }

  /** @param how as pg_ctl names it: `immediate` is a crash. */
  stop(how: "fast" | "immediate" = "fast"): void {
    this.own("pg_ctl", "-D", this.data, "-m", how, "-w", "stop");
  }

  /** As `stop` and `start`; this process goes on meanwhile. */
  async restart(how: "fast" | "immediate"): Promise<void> {
    const where = ["-D", this.data, "-l", join(this.folder, "log")];
    const [program, args] = this.asOwner("pg_ctl", [...where, "-m", how, "-w", "restart"]);
    const child = spawn(program, args, { cwd: "/", stdio: "ignore" });
    const status = await new Promise<number | null>((resolve) => child.once("exit", resolve));
    if (status !== 0) throw new Error(`PostgreSQL did not come back: ${status ?? "killed"}`);
  }

  /** A new and empty database. */
  database(): string {
    const name = `yanshu${++this.databases}`;
    this.own("createdb", ...this.where, name);
    return `postgres://yanshu@127.0.0.1:${this.port}/${name}`;
  }

  /** What the database answers, a row a line. */
  ask(url: string, sql: string): string {
    return this.own("psql", url, "-Atqc", sql).trim();
  }

  /** Of the process that all others of the cluster are children of. */
  get pid(): number {
    return Number(readFileSync(join(this.data, "postmaster.pid"), "utf8").split("\n")[0]);
  }

  end(): void {
    this.stop("immediate");
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get data(): string {
    return join(this.folder, "data");
  }

  private get where(): readonly string[] {
    return ["-h", "127.0.0.1", "-p", `${this.port}`, "-U", "yanshu"];
  }

  private own(program: string, ...args: readonly string[]): string {
    return this.must(...this.asOwner(program, args));
  }

  private asOwner(program: string, args: readonly string[]): [program: string, args: string[]] {
    const path = join(this.bin, program);
    return isRoot ? ["runuser", ["-u", "postgres", "--", path, ...args]] : [path, [...args]];
  }

  private must(program: string, args: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync(program, args, {
      cwd: "/",
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${stderr}`);
    return stdout;
  }
}

const isRoot = process.getuid?.() === 0;
