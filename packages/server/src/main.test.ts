/** The real process: options, starting faults, and dying under load. */
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  blindToken,
  blobCreate,
  decodeLink,
  encodeAs,
  encodeParts,
  encodePost,
  finishTokens,
  toHex,
} from "@yanshu/wire";
import { nodePrimitives } from "./core/node-crypto.ts";
import { OptionError, readOptions } from "./options.ts";
import { certified, hasOpenssl } from "./testkit/certificate.ts";
import { Person } from "./testkit/person.ts";
import { endAll, portOf, Socket, settle, start, startWith, until } from "./testkit/process.ts";
import { S3Fake } from "./testkit/s3.ts";

const folder = mkdtempSync(join(tmpdir(), "yanshu-main-"));
afterAll(() => {
  endAll();
  rmSync(folder, { recursive: true });
});

test("[DS34] flags win over the environment, and both have defaults", () => {
  expect(readOptions([], {})).toMatchObject({
    port: 8080,
    domain: "localhost:8080",
    origin: "http://localhost:8080",
    membersMayInvite: true,
    quiet: false,
  });
  const env = { YANSHU_PORT: "1", YANSHU_DOMAIN: "yan.example", YANSHU_QUIET: "yes", YANSHU_MEMBERS_MAY_INVITE: "no" };
  expect(readOptions(["--port", "2"], env)).toMatchObject({ port: 2, quiet: true, membersMayInvite: false });
  expect(readOptions(["--port=3", "--quiet"], {})).toMatchObject({ port: 3, quiet: true });
  expect(readOptions([], env).origin).toBe("https://yan.example");
});

const awsKeys = { AWS_ACCESS_KEY_ID: "key", AWS_SECRET_ACCESS_KEY: "secret" };

test("[ME21] a bucket is named by a URL, and its keys by the environment", () => {
  const url = "s3://messages/home/files/?endpoint=https://s3.example&region=eu-1";
  expect(readOptions(["--blobs", url], awsKeys).blobs).toEqual({
    bucket: "messages",
    prefix: "home/files/",
    endpoint: "https://s3.example",
    region: "eu-1",
    accessKeyId: "key",
    secretAccessKey: "secret",
    sessionToken: undefined,
  });
  expect(readOptions([], { ...awsKeys, YANSHU_BLOBS: "s3://messages" }).blobs).toMatchObject({ prefix: "" });
});

test("[DS34] a wrong option is refused with a sentence that names it", () => {
  const wrong: [string[], Record<string, string>, RegExp][] = [
    [["--port", "many"], {}, /--port \(YANSHU_PORT\) is "many"/],
    [["--port", "70000"], {}, /--port/],
    [[], { YANSHU_PORT: "-1" }, /YANSHU_PORT/],
    [["--port"], {}, /--port needs a value/],
    [["--port", "--quiet"], {}, /--port needs a value/],
    [["--colour", "red"], {}, /unknown option --colour/],
    [["stray"], {}, /unknown option stray/],
    [["--domain", "Not A Name"], {}, /--domain/],
    [["--origin", "yan.example"], {}, /--origin/],
    [["--origin", "https://yan.example/path"], {}, /--origin/],
    [["--members-may-invite", "perhaps"], {}, /--members-may-invite/],
    [["--queue-megabytes", "0"], {}, /--queue-megabytes \(YANSHU_QUEUE_MEGABYTES\).* from 1 to/],
    [["--operator-port", "x"], {}, /--operator-port/],
    [["--proxies", "10.0.0.5,caddy"], {}, /--proxies \(YANSHU_PROXIES\) is "10.0.0.5,caddy"/],
    [["--proxies", "10.0.0.0/33"], {}, /--proxies/],
    [["--log", "mysql://me:secret@host/yanshu"], {}, /^--log \(YANSHU_LOG\) must be a URL such as postgres:[^ ]*$/],
    [[], { YANSHU_LOG: "yanshu.db" }, /YANSHU_LOG/],
    [
      ["--blobs", "s3://messages"],
      {},
      /^--blobs needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment$/,
    ],
    [["--blobs", "https://s3.example/messages"], awsKeys, /^--blobs \(YANSHU_BLOBS\) must be a URL such as/],
    [["--blobs", "s3://me:secret@messages"], awsKeys, /^--blobs [^@]*without keys$/],
    [["--blobs", "s3://messages?endpoint=nowhere"], awsKeys, /--blobs/],
    [["--blobs", "s3://messages?secret=1"], awsKeys, /--blobs/],
  ];
  for (const [args, env, sentence] of wrong) {
    expect(() => readOptions(args, env)).toThrow(OptionError);
    expect(() => readOptions(args, env)).toThrow(sentence);
  }
});

test("[DS27] the start prints an invitation, the same each time, from a file that only we may read", async () => {
  const data = join(folder, "invite");
  const first = start("--port", "0", "--data", data);
  const port = await portOf(first);
  const link = await until(() => /http:\S+#i\/\S+/.exec(first.output())?.[0]);
  expect(link).toStartWith(`http://localhost:${port}/#i/`);
  expect(tokenOf(link)).toHaveLength(16);
  expect(decodeLink(link)).toMatchObject({ kind: "invite", link: { server: `localhost:${port}` } });
  expect((await new Socket(port).open()).domain).toBe(`localhost:${port}`);
  expect(first.output()).toContain("▀");
  expect(statSync(join(data, "registration-token")).mode & 0o777).toBe(0o600);
  expect(statSync(data).mode & 0o777).toBe(0o700);
  first.child.kill("SIGTERM");
  expect(await first.ended).toBe(0);
  const second = start("--port", "0", "--data", data);
  const again = await until(() => /#i\/(\S+)/.exec(second.output())?.[1]);
  expect(tokenOf(`#i/${again}`)).toEqual(tokenOf(link));
  second.child.kill("SIGTERM");
  await second.ended;
}, 20_000);

function tokenOf(link: string): Uint8Array | undefined {
  const decoded = decodeLink(link);
  return decoded?.kind === "invite" ? decoded.link.token : undefined;
}

async function failing(sentence: RegExp, ...args: string[]): Promise<void> {
  const started = start(...args);
  expect(await started.ended).toBe(1);
  expect(started.output()).toMatch(sentence);
  expect(started.output().trim().split("\n")).toHaveLength(1);
}

test("[DS34] a port in use, a damaged token and a damaged database end the start with one sentence", async () => {
  const taken = createServer();
  await new Promise<void>((ready) => taken.listen(0, "127.0.0.1", ready));
  const { port } = taken.address() as { port: number };
  await failing(/port is in use.*--port/, "--port", `${port}`, "--data", join(folder, "busy"));
  taken.close();
  const data = mkdtempSync(join(folder, "damaged-"));
  writeFileSync(join(data, "registration-token"), "?");
  await failing(/registration-token holds no registration token/, "--port", "0", "--data", data);
  rmSync(join(data, "registration-token"));
  writeFileSync(join(data, "yanshu.db"), "no database ".repeat(500));
  await failing(/database cannot be opened/, "--port", "0", "--data", data);
  expect(readFileSync(join(data, "yanshu.db"), "utf8")).toBe("no database ".repeat(500));
  await failing(/--port/, "--port", "no");
  const nowhere = `postgres://yanshu:secret@127.0.0.1:${port}/yanshu`;
  await failing(
    /^yanshu: the database cannot be reached: see --log$/m,
    "--port",
    "0",
    "--data",
    data,
    "--log",
    nowhere,
  );
}, 20_000);

test("[ME21] [ME23] files go to a bucket, whose keys no command line and no output shows; one that refuses us ends the start", async () => {
  const s3 = new S3Fake();
  const data = join(folder, "bucket");
  const args = ["--port", "0", "--data", data, "--blobs", s3.url];
  const started = startWith(s3.environment, ...args);
  const port = await portOf(started);
  const bob = new Person("bob");
  await settle(port, bob, data, new Uint8Array(16).fill(4));
  const phone = new Socket(port);
  await phone.signIn(bob, 1);
  const caller = new Socket(port);
  await caller.open();
  const { epoch, publicKey } = await caller.call("blobTerms", {});
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  const blinded = blindToken(random);
  const evaluated = await phone.call("blobTokens", { epoch, blinded: [blinded.blinded] });
  const [output] = finishTokens(publicKey, [blinded], evaluated) as [Uint8Array];
  const [url, secret, file] = [`http://127.0.0.1:${port}/blobs/${toHex(random(16))}`, random(32), random(1_000)];
  const wish = {
    bytes: file.length,
    ownerHash: nodePrimitives.sha256(secret),
    days: 3,
    tokens: [{ epoch, input: blinded.input, output }],
  };
  expect((await fetch(url, { method: "POST", body: encodeAs(blobCreate, wish) as BodyInit })).status).toBe(200);
  const owner = { "blob-owner": toHex(secret) };
  const put = { method: "PUT", headers: { ...owner, "upload-offset": "0" }, body: file as BodyInit };
  expect((await fetch(url, put)).status).toBe(200);
  expect([...s3.objects.values()]).toEqual([file]);
  const range = { headers: { range: "bytes=100-199" } };
  expect(new Uint8Array(await (await fetch(url, range)).arrayBuffer())).toEqual(file.slice(100, 200));
  expect((await fetch(url, { method: "DELETE", headers: owner })).status).toBe(204);
  expect(s3.objects.size).toBe(0);
  for (const shown of [started.output(), readFileSync(`/proc/${started.child.pid}/cmdline`, "utf8")])
    expect(shown).not.toContain(s3.environment["AWS_SECRET_ACCESS_KEY"] as string);
  started.child.kill("SIGTERM");
  expect(await started.ended).toBe(0);
  const refused = startWith({ ...s3.environment, AWS_SECRET_ACCESS_KEY: "another" }, ...args);
  expect(await refused.ended).toBe(1);
  expect(refused.output()).toBe("yanshu: the bucket refuses us (SignatureDoesNotMatch): see --blobs and its keys\n");
  await s3.end();
  const early = startWith(s3.environment, ...args);
  expect((await fetch(`http://127.0.0.1:${await portOf(early)}/healthz`)).status).toBe(200);
  expect(early.output()).toContain("the bucket cannot be reached (ConnectionRefused); files wait until it can");
  early.child.kill("SIGTERM");
  await early.ended;
}, 30_000);

test("[DS82] SIGTERM sends who is connected elsewhere and ends with 0; SIGINT does not wait", async () => {
  for (const [signal, code, seconds] of [
    ["SIGTERM", 4007, "1"],
    ["SIGINT", undefined, "600"],
  ] as const) {
    const started = start("--port", "0", "--data", join(folder, signal), "--drain-seconds", seconds);
    const port = await portOf(started);
    const sockets = [new Socket(port), new Socket(port), new Socket(port)];
    await Promise.all(sockets.map((socket) => socket.open()));
    started.child.kill(signal);
    expect(await started.ended).toBe(0);
    await until(() => sockets.every(({ closed }) => closed !== undefined) || undefined);
    if (code !== undefined) expect(sockets.map(({ closed }) => closed?.code)).toEqual([code, code, code]);
  }
}, 20_000);

test("[DS36] kill -9 under load loses no post that was answered", async () => {
  const data = join(folder, "killed");
  const bob = new Person("bob");
  const address = new Uint8Array(16).fill(3);
  const answered = new Set<number>();
  let posted = 0;
  for (let round = 0; round < 3; round++) {
    const started = start("--port", "0", "--data", data);
    const port = await portOf(started);
    if (round === 0) await settle(port, bob, data, address);
    const sender = new Socket(port);
    await sender.open();
    const base = posted;
    const target = { kind: "address" as const, address };
    // No more than 600 a minute go to one address, and each process counts anew.
    for (let i = 0; i < 590; i++) {
      const envelope = new TextEncoder().encode(`${posted}`);
      sender.send(encodePost(1_000 + posted++, { mode: "deposit" }, encodeParts([{ target, envelope }])));
      if (i % 50 === 0) await new Promise((next) => setTimeout(next, 1));
    }
    await until(() => sender.frames.filter(({ type }) => type === "ok").length > 200 || undefined);
    started.child.kill("SIGKILL");
    await started.ended;
    for (const frame of sender.frames) if (frame.type === "ok") answered.add(frame.request - 1_000);
    expect(Math.min(...[...answered].filter((n) => n >= base))).toBe(base);
  }
  const last = start("--port", "0", "--data", data);
  const phone = new Socket(await portOf(last));
  await phone.signIn(bob, 1);
  const read = () =>
    new Set(
      phone.frames.flatMap((frame) =>
        frame.type === "push" ? [Number(new TextDecoder().decode(frame.push.envelope))] : [],
      ),
    );
  await until(() => [...answered].every((n) => read().has(n) || phone.acknowledge()) || undefined);
  expect(answered.size).toBeGreaterThan(600);
  const ids = phone.frames.flatMap((frame) => (frame.type === "push" ? [frame.push.id] : []));
  expect(new Set(ids).size).toBe(ids.length);
  last.child.kill("SIGTERM");
  await last.ended;
}, 40_000);

test("[CA16] calls have options of their own: on by default, beside --log only where they are chosen", () => {
  expect(readOptions([], {}).calls).toEqual({
    port: 8080,
    isPortGiven: false,
    tcp: undefined,
    tls: undefined,
    host: "127.0.0.1",
    publicHost: undefined,
    bytesPerSecond: 25_000_000,
    seatsMax: 16,
  });
  expect(readOptions(["--domain", "yan.example"], {}).calls?.host).toBe("0.0.0.0");
  expect(readOptions(["--calls", "no"], {}).calls).toBeUndefined();
  const shared = ["--log", "postgres://user@host/yanshu"];
  expect(readOptions(shared, {}).calls).toBeUndefined();
  expect(readOptions([...shared, "--calls", "yes"], {}).calls).toBeDefined();
  const env = {
    YANSHU_CALL_PORT: "3478",
    YANSHU_CALL_TCP: "443",
    YANSHU_CALL_TLS: "5349",
    YANSHU_CALL_CERT: "/c.pem",
    YANSHU_CALL_KEY: "/k.pem",
    YANSHU_CALL_BIND: "::",
    YANSHU_CALL_HOST: "calls.yan.example",
  };
  expect(readOptions(["--call-megabits", "8", "--call-seats", "2"], env).calls).toEqual({
    port: 3478,
    isPortGiven: true,
    tcp: 443,
    tls: { port: 5349, files: { cert: "/c.pem", key: "/k.pem" } },
    host: "::",
    publicHost: "calls.yan.example",
    bytesPerSecond: 1_000_000,
    seatsMax: 2,
  });
  const wrong: readonly [string, string][] = [
    ["--calls", "perhaps"],
    ["--call-port", "70000"],
    ["--call-tcp", "x"],
    ["--call-tls", "-1"],
    ["--call-bind", "somewhere"],
    ["--call-host", "no name"],
    ["--call-megabits", "0"],
    ["--call-seats", "33"],
  ];
  for (const [name, value] of wrong) expect(() => readOptions([name, value], {})).toThrow(name);
});

test("[DS237] calls over TLS have a certificate of their own or the server's; what cannot be ends the start with a sentence", async () => {
  const tls = (...args: string[]) => readOptions(["--call-tls", "5349", ...args], {}).calls?.tls;
  const [ownFiles, webFiles] = [
    ["--call-cert", "/own.pem", "--call-key", "/own-key.pem"],
    ["--tls-cert", "/web.pem", "--tls-key", "/web-key.pem"],
  ];
  expect(tls(...webFiles)).toEqual({ port: 5349, files: { cert: "/web.pem", key: "/web-key.pem" } });
  expect(tls(...webFiles, ...ownFiles)).toEqual({ port: 5349, files: { cert: "/own.pem", key: "/own-key.pem" } });
  expect(() => tls()).toThrow("--call-tls needs a certificate");
  expect(() => tls("--call-cert", "/own.pem")).toThrow("--call-cert and --call-key belong together");
  expect(() => readOptions(ownFiles, {})).toThrow("belong to --call-tls, which is missing");
  expect(() => tls(...webFiles, "--port", "5349")).toThrow("--call-tls and --port are one port");
  expect(() => tls(...webFiles, "--call-tcp", "5349")).toThrow("--call-tls and --call-tcp are one port");
  // An address of its own may have the number of the website.
  expect(tls(...webFiles, "--port", "5349", "--call-bind", "192.0.2.7")?.port).toBe(5349);

  const data = join(folder, "calls-tls");
  const none = start("--port", "0", "--data", data, "--call-tls", "0", "--call-cert", "/none", "--call-key", "/none");
  expect(await none.ended).toBe(1);
  expect(none.output()).toContain("/none cannot be read (ENOENT)");
  const taken = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  const second = start("--port", "0", "--data", data, "--call-tcp", `${taken.port}`);
  expect(await second.ended).toBe(1);
  expect(second.output()).toContain("choose another with --call-tcp");
  taken.stop(true);
});

test.skipIf(!hasOpenssl)(
  "[CA186] the front has the website's certificate and a port of its own; what cannot be ends the start with a sentence",
  async () => {
    const web = ["--tls-cert", "/web.pem", "--tls-key", "/web-key.pem"];
    const front = (...args: string[]) => readOptions(["--front", "8443", ...args], {}).calls;
    expect(front(...web)).toMatchObject({
      front: 8443,
      tls: { port: 0, files: { cert: "/web.pem", key: "/web-key.pem" } },
    });
    const own = ["--call-cert", "/own.pem", "--call-key", "/own-key.pem"];
    expect(front(...web, ...own)?.tls?.files).toEqual({ cert: "/own.pem", key: "/own-key.pem" });
    for (const [args, sentence] of [
      [[], "--front needs the certificate of the website"],
      [own, "--front needs the certificate of the website"],
      [[...web, "--call-tls", "5349"], "leave --call-tls out"],
      [[...web, "--port", "8443"], "--front and --port are one port"],
      [[...web, "--call-tcp", "8443"], "--front and --call-tcp are one port"],
      [[...web, "--calls", "no"], "--front is for calls, which are off"],
    ] as const)
      expect(() => front(...args)).toThrow(sentence);
    expect(() => readOptions(["--front", "0", ...web], {})).toThrow("--front (YANSHU_FRONT)");

    const files = certified(mkdtempSync(join(folder, "front-")), "yan.example");
    const taken = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
    const args = ["--port", "0", "--tls-cert", files.cert, "--tls-key", files.key, "--domain", "localhost"];
    const started = start(...args, "--data", join(folder, "front"), "--front", `${taken.port}`);
    expect(await started.ended).toBe(1);
    expect(started.output()).toContain("choose another with --front");
    taken.stop(true);
  },
);

test("[CA16] a UDP port that was chosen and is taken ends the start with a sentence", async () => {
  const taken = await Bun.udpSocket({ hostname: "127.0.0.1", port: 0 });
  const started = start("--port", "0", "--data", join(folder, "calls"), "--call-port", `${taken.port}`);
  expect(await started.ended).toBe(1);
  expect(started.output()).toContain("--call-port");
  taken.close();
});
