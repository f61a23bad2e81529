/**
 * Box: what compose.yaml and the Dockerfile say, played without a container engine: a root folder that holds the
 * program, the libraries that it names and nothing else, entered by the image's user with the image's environment.
 * Where this process is not root there is no root folder of its own, and paths are told as they are.
 */
import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { root } from "../setup.mjs";

const user = 10_001;
const programPath = "/usr/local/bin/yanshu-server";
const isRoot = process.getuid?.() === 0;
const running = new Set<ChildProcess>();

/** To be called at the end, whatever happened. */
export function endBoxes(): void {
  for (const child of running) child.kill("SIGKILL");
}

export type Compose = {
  readonly services: Readonly<
    Record<string, { readonly environment?: Readonly<Record<string, string>>; readonly command?: readonly string[] }>
  >;
};

export const compose = Bun.YAML.parse(readFileSync(join(root, "deploy", "compose.yaml"), "utf8")) as Compose;
const dockerfile = readFileSync(join(root, "deploy", "Dockerfile"), "utf8");

/** `ENV A=1 B=2` of the last image. */
const imageEnv = Object.fromEntries(
  [...(/^ENV (.*)$/m.exec(dockerfile)?.[1] ?? "").matchAll(/(\w+)=(\S+)/g)].map(([, name = "", value = ""]) => [
    name,
    value,
  ]),
);
/** What the image's HEALTHCHECK runs. */
export const healthCommand = (
  JSON.parse(/HEALTHCHECK[^[]*CMD (\[[^\]]*\])/.exec(dockerfile)?.[1] ?? "[]") as string[]
).slice(1);

export type Ran = { readonly code: number | null; readonly output: string };

export class Box {
  readonly folder: string;
  /** Where /data and /backups of the image lie here. */
  readonly data: string;
  readonly backups: string;

  /** A clean machine with the image on it. */
  constructor(folder: string, program: string) {
    this.folder = folder;
    this.data = join(folder, "data");
    this.backups = join(folder, "backups");
    mkdirSync(folder, { mode: 0o755 });
    for (const path of [this.data, this.backups]) {
      mkdirSync(path, { recursive: true, mode: 0o700 });
      if (isRoot) chownSync(path, user, user);
    }
    for (const path of ["tmp", "proc", "dev"]) mkdirSync(join(folder, path), { recursive: true });
    chmodSync(join(folder, "tmp"), 0o1777);
    this.install(program);
    for (const device of ["null", "urandom", "random", "zero"]) writeFileSync(join(folder, "dev", device), "");
  }

  /** Puts a program in the place of the one that is there. */
  install(program: string): void {
    const path = join(this.folder, programPath);
    mkdirSync(dirname(path), { recursive: true });
    copyFileSync(program, path);
    chmodSync(path, 0o755);
    const libraries = Bun.spawnSync(["ldd", program]).stdout.toString().match(/\/\S+/g) ?? [];
    for (const library of libraries.filter((name) => isRoot && existsSync(name)))
      cpSync(library, join(this.folder, library), { dereference: true });
  }

  /** What another machine's box kept, as it was carried over. */
  bring(backups: string): void {
    cpSync(backups, this.backups, { recursive: true });
    if (isRoot) Bun.spawnSync(["chown", "-R", `${user}:${user}`, this.backups]);
  }

  spawn(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess & { said: () => string } {
    const all = { PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", ...imageEnv, ...env };
    const child = isRoot
      ? spawn("unshare", ["--mount", "sh", "-c", enter, "sh", this.folder, programPath, ...args], { env: all })
      : spawn(join(this.folder, programPath), this.placed(args), { env: { ...all, YANSHU_DATA: this.data } });
    running.add(child);
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (data) => {
        output += data;
      });
    child.on("exit", () => running.delete(child));
    return Object.assign(child, { said: () => output });
  }

  async run(...args: readonly string[]): Promise<Ran> {
    const child = this.spawn(args);
    const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
    return { code, output: child.said() };
  }

  private placed(args: readonly string[]): readonly string[] {
    return args.map((arg) => (["/data", "/backups"].includes(arg) ? join(this.folder, arg) : arg));
  }
}

/** As a container has it: mounts of its own, /proc, and few devices. */
const enter = `root=$1; shift
mount -t proc proc "$root/proc"
for device in null urandom random zero; do mount --bind /dev/$device "$root/dev/$device"; done
exec chroot --userspec=${user}:${user} "$root" "$@"`;

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { readonly port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
