/** What deploy/ and the guide say of the server is so, as far as this machine can try it. */
import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./setup.mjs";

const read = (...path: string[]) => readFileSync(join(root, ...path), "utf8");

function ran(...command: readonly string[]): { readonly code: number; readonly output: string } {
  // The name that `compose.yaml` gives to its Caddyfile.
  const env = { ...process.env, YANSHU_DOMAIN: "yan.example" };
  const { exitCode, stdout, stderr } = Bun.spawnSync([...command], { stdout: "pipe", stderr: "pipe", env });
  return { code: exitCode, output: stdout.toString() + stderr.toString() };
}

const help = ran(process.execPath, join(root, "packages/server/src/main.ts"), "--help").output;
const options = new Set([...help.matchAll(/^ {2}--([a-z-]+) /gm)].map(([, name = ""]) => name));
const variableOf = (option: string) => `YANSHU_${option.toUpperCase().replaceAll("-", "_")}`;
const variables = new Set([...options].map(variableOf));

test("[DS86] [DS34] the guides name every option of the server, with its variable, and no other", () => {
  expect(options.size).toBeGreaterThan(15);
  for (const language of ["en", "zh"]) {
    const rows = [
      ...read("docs", "guide", language, "server.md").matchAll(/^\| `--([a-z-]+)(?: [^`]*)?` \| `([A-Z_]+)` \|/gm),
    ];
    expect(rows.map(([, option = ""]) => option).toSorted()).toEqual([...options].toSorted());
    for (const [, option = "", variable] of rows) expect(variable).toBe(variableOf(option));
  }
});

/** Of the commands, and for whoever only asks. */
const commandFlags = new Set(
  [...help.slice(0, help.indexOf("Options (")).matchAll(/--([a-z-]+)/g)].map(([, name = ""]) => name),
);

test("[DS86] what the unit, the container and the guides of deploying set is an option of the server", () => {
  const texts = [
    "deploy/Dockerfile",
    "deploy/yanshu.service",
    "deploy/yanshu.env.example",
    "deploy/yanshu-backup.service",
    "deploy/yanshu-drill.service",
    "docs/guide/en/operator.md",
    "docs/guide/zh/operator.md",
    "docs/guide/en/home.md",
    "docs/guide/zh/home.md",
    "docs/guide/en/deploy.md",
    "docs/guide/zh/deploy.md",
  ];
  for (const file of texts) {
    const text = read(file);
    for (const [, variable = ""] of text.matchAll(/\b(YANSHU_[A-Z_]+)=/g)) expect(variables).toContain(variable);
    const started = [...text.matchAll(/yanshu-server\b([^\n`]*)/g)].map(([, args = ""]) => args);
    const named = started.flatMap((args) => [...args.matchAll(/--([a-z-]+)/g)].map(([, option = ""]) => option));
    for (const option of named) expect(["help", "json", ...commandFlags, ...options]).toContain(option);
  }
});

test("[DS86] the compose file sets options of the server, gives its commands theirs, and names what the image has", () => {
  type Service = {
    readonly image: string;
    readonly environment?: Readonly<Record<string, string>>;
    readonly command?: readonly string[];
    readonly volumes?: readonly string[];
  };
  const { services, volumes } = Bun.YAML.parse(read("deploy", "compose.yaml")) as {
    readonly services: Readonly<Record<string, Service>>;
    readonly volumes: Readonly<Record<string, null>>;
  };
  expect(Object.keys(services)).toEqual(["yanshu", "backup", "caddy"]);
  for (const { image, environment = {}, command = [], volumes: mounted = [] } of Object.values(services)) {
    if (image === "yanshu") for (const variable of Object.keys(environment)) expect(variables).toContain(variable);
    for (const word of command.map(String).filter((text) => text.startsWith("--")))
      expect([...commandFlags, ...options]).toContain(word.slice(2));
    const named = mounted.map((mount) => mount.split(":")[0] as string).filter((name) => /^[a-z]/.test(name));
    for (const name of named) expect(Object.keys(volumes)).toContain(name);
  }
  const image = read("deploy", "Dockerfile");
  expect(image).toMatch(/install -d -m 700 -o yanshu \/data \/backups\n/);
  expect(image).toContain('CMD ["/usr/local/bin/yanshu-server", "status", "--ready"]');
  // The proxy that is believed is the one that stands in front.
  expect(services["yanshu"]?.environment?.["YANSHU_PROXIES"]).toBe("172.30.74.3");
});

test.skipIf(Bun.which("caddy") === null)("[DS86] Caddy takes each of its files", () => {
  for (const file of ["Caddyfile", "Caddyfile.three", "Caddyfile.compose"]) {
    const path = join(root, "deploy", file);
    expect(ran("caddy", "validate", "--adapter", "caddyfile", "--config", path).output).toContain(
      "Valid configuration",
    );
    expect(ran("caddy", "fmt", path).output).toBe(read("deploy", file));
  }
});

/** What Caddy writes while one asks whom it cannot serve, for no server is there. */
async function writtenAtFault(caddyfile: string): Promise<string> {
  const ports = [0, 0].map(() => {
    const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => {} } });
    server.stop(true);
    return server.port;
  });
  const folder = mkdtempSync(join(tmpdir(), "yanshu-caddy-"));
  const path = join(folder, "Caddyfile");
  const text = caddyfile
    .replace(/^\{$/m, "{\n\tadmin off")
    .replace("yan.example {", `http://127.0.0.1:${ports[0]} {`)
    .replace("lb_try_duration 5s", "lb_try_duration 0s")
    .replace(/\b(127|10)\.0\.0\.1\d?:8080/g, `127.0.0.1:${ports[1]}`);
  writeFileSync(path, text);
  const caddy = Bun.spawn(["caddy", "run", "--adapter", "caddyfile", "--config", path], {
    env: { PATH: process.env["PATH"], HOME: folder },
    stderr: "pipe",
    stdout: "ignore",
  });
  const written = new Response(caddy.stderr).text();
  const ask = () => fetch(`http://127.0.0.1:${ports[0]}/name`, { headers: { "user-agent": "grandmother" } });
  let answer = await ask().catch(() => undefined);
  for (let tries = 0; answer === undefined; tries++) {
    expect(tries).toBeLessThan(100);
    await Bun.sleep(50);
    answer = await ask().catch(() => undefined);
  }
  expect([502, 503]).toContain(answer.status);
  caddy.kill();
  await caddy.exited;
  rmSync(folder, { recursive: true });
  return written;
}

test.skipIf(Bun.which("caddy") === null)(
  "[DS86] [DS32] Caddy writes nothing of who asked, with a fault neither",
  async () => {
    for (const file of ["Caddyfile", "Caddyfile.three"]) {
      const text = read("deploy", file);
      const written = await writtenAtFault(text);
      expect(written).toContain("serving initial configuration");
      expect(written).not.toMatch(/grandmother|remote_ip/);
      expect(await writtenAtFault(text.replace(/^\t\texclude .*\n/m, ""))).toMatch(/remote_ip.*grandmother/);
    }
  },
  30_000,
);

test.skipIf(Bun.which("systemd-analyze") === null)(
  "[DS86] systemd finds no fault with the units, and little that the server's exposes",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "yanshu-unit-"));
    const names = [
      "yanshu.service",
      "yanshu-backup.service",
      "yanshu-drill.service",
      "yanshu-backup.timer",
      "yanshu-drill.timer",
    ];
    for (const name of names)
      writeFileSync(join(folder, name), read("deploy", name).replace("/usr/local/bin/yanshu-server", process.execPath));
    expect(ran("systemd-analyze", "verify", ...names.map((name) => join(folder, name)))).toEqual({
      code: 0,
      output: "",
    });
    const unit = join(folder, "yanshu.service");
    expect(ran("systemd-analyze", "security", "--offline=yes", "--threshold=20", unit).code).toBe(0); // 2.0 of 10.
    rmSync(folder, { recursive: true });
  },
);
