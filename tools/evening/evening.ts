/**
 * An operator's evening (docs/spec/delivery.md DS151, docs/guide/en/operator.md): a clean machine, two hundred people
 * by one code, a look at who takes room, one suspended, the code changed, a copy, another machine, a new version. Each
 * step is done as the guide says it and looked at from outside, against the real program.
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Person } from "@yanshu/server/person";
import { Socket, until } from "@yanshu/server/process";
import { decodeLink } from "@yanshu/wire";
import { bunPath, root } from "../setup.mjs";
import { Box, compose, endBoxes, freePort, healthCommand } from "./box.ts";

const church = "203.0.113.9"; // One address for all who come.
const people = 200;

export type Told = (step: string) => void;

/**
 * @param program the one file of `npm run build:binary`. @param next the one that takes its place.
 * @throws an Error that names the step at which the evening failed.
 */
export async function evening(program: string, next: string, tell: Told): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "yanshu-evening-"));
  try {
    await new Evening(folder, program, next, tell).play();
  } finally {
    endBoxes();
    rmSync(folder, { recursive: true, force: true });
  }
}

class Evening {
  private readonly folder: string;
  private readonly next: string;
  private readonly tell: Told;
  private box: Box;
  private server: ReturnType<Box["spawn"]> | undefined;
  private port = 0;
  private readonly guests = Array.from({ length: people - 2 }, (_, n) => new Person(`guest ${n}`));
  private readonly program: string;

  constructor(folder: string, program: string, next: string, tell: Told) {
    this.folder = folder;
    this.program = program;
    this.next = next;
    this.tell = tell;
    this.box = new Box(join(folder, "first"), program);
  }

  async play(): Promise<void> {
    await this.install();
    const code = await this.invite();
    const sockets = await this.comeIn(code);
    await this.whoTakesRoom(sockets);
    await this.suspend(sockets);
    await this.rotate();
    await this.backUp();
    await this.moveHouse();
    await this.upgrade();
    await this.lastLook();
  }

  /** compose.yaml's service `yanshu`, on a port of this machine instead of its own network. */
  private async install(): Promise<void> {
    this.port = await freePort();
    await this.begin();
    this.tell("installed: the image's program runs as its user in a root of its own, and its health check says ready");
  }

  private async begin(): Promise<void> {
    const said = compose.services["yanshu"]?.environment ?? {};
    const domain = `localhost:${this.port}`;
    const chosen: Readonly<Record<string, string>> = { YANSHU_DOMAIN: domain };
    const env = Object.fromEntries(
      Object.entries(said).map(([name, value]) => [
        name,
        String(value).replace(
          /\$\{(\w+)(?::-([^}]*)|:\?[^}]*)?\}/g,
          (_, from: string, usual = "") => chosen[from] ?? usual,
        ),
      ]),
    );
    this.server = this.box.spawn([], { ...env, YANSHU_PORT: `${this.port}`, YANSHU_ORIGIN: `http://${domain}` });
    await eventually(
      "the health check says ready",
      async () => (await this.box.run(...healthCommand)).code === 0,
      () => this.server?.said(),
    );
  }

  private async end(): Promise<void> {
    const { server } = this;
    const ended = new Promise((resolve) => server?.on("exit", resolve));
    server?.kill("SIGTERM");
    same("the server ends with 0", await ended, 0);
  }

  private async asked<T>(...args: string[]): Promise<T> {
    const { code, output } = await this.box.run(...args, "--json");
    if (code !== 0) throw new Error(`${args.join(" ")}: ${output}`);
    return JSON.parse(output) as T;
  }

  private async invite(): Promise<string> {
    const { link } = await this.asked<{ link: string }>("invite", "--people", `${people}`, "--hours", "6");
    this.tell(`invited: one code for ${people} people, for six hours`);
    return link;
  }

  /** All behind one address, after somebody there guessed sixty times. */
  private async comeIn(link: string): Promise<readonly Socket[]> {
    const token = tokenOf(link);
    const stranger = new Person("stranger");
    for (let n = 0; n < 61; n++) await this.register(Uint8Array.of(n, ...new Uint8Array(15)), stranger);
    same("a guess too many", await this.register(new Uint8Array(16), stranger), "rate-limited");
    const beganMs = performance.now();
    for (const name of ["Ann", "Ben"]) await this.yanshu(name, "create", "--name", name, link);
    const sockets: Socket[] = [];
    for (let at = 0; at < this.guests.length; at += 20) {
      const group = this.guests.slice(at, at + 20);
      same(
        "they come in",
        await Promise.all(group.map((guest) => this.register(token, guest))),
        group.map(() => "in"),
      );
      sockets.push(...(await Promise.all(group.map((guest) => this.signedIn(guest, 0)))));
    }
    const seconds = Math.round((performance.now() - beganMs) / 1_000);
    same("one too many", await this.register(token, stranger), "invite-used-up");
    const { counts } = await this.asked<{ counts: Record<string, number> }>("status");
    same("accounts", [counts["accounts"], counts["cameInvited"], counts["signedIn"]], [people, people, people - 2]);
    const [asks, link2] = [await this.yanshu("Ann", "link"), "--greeting"];
    await this.yanshu("Ben", "add", asks.trim(), link2, "good evening");
    await this.yanshu("Ann", "accept", "Ben");
    await this.letter("Ann", "Ben", "we are all in");
    this.tell(
      `came in: all ${people}, from one address, within ${seconds} s, and wrote; the next was told that the code is used up`,
    );
    return sockets;
  }

  private async whoTakesRoom(sockets: readonly Socket[]): Promise<void> {
    const hoarder = sockets[0] as Socket;
    const segment = new Uint8Array(65_536);
    for (let at = 0; at < 40; at++) await hoarder.call("vaultAppend", { at, segment });
    const [first, second] = await this.asked<{ number: number; historyBytes: number }[]>("accounts");
    same("the largest", first?.historyBytes, 40 * segment.length);
    if ((second?.historyBytes ?? 0) >= (first?.historyBytes ?? 0)) throw new Error("the bill is not sorted");
    this.hoarder = first?.number ?? 0;
    this.tell(`seen: account ${this.hoarder} takes 2.5 MiB, all others next to nothing`);
  }

  private hoarder = 0;

  private async suspend(sockets: readonly Socket[]): Promise<void> {
    await this.asked("suspend", `${this.hoarder}`);
    const gone = await until(() => sockets[0]?.closed);
    same("they are sent away", gone.code, 4008);
    await refusedAs("suspended", this.signedIn(this.guests[0] as Person, 1));
    same("others stay", sockets.slice(1).filter(({ closed }) => closed !== undefined).length, 0);
    await this.letter("Ben", "Ann", "is it quieter now?");
    this.tell("suspended: they are sent away and not let in, and all others write on");
  }

  private async rotate(): Promise<void> {
    const made = await this.asked<{ number: number; link: string }>("invite", "--people", "5", "--days", "2");
    const again = await this.asked<{ link: string }>("invite", "rotate", `${made.number}`);
    const [one, other] = [new Person("late one"), new Person("late other")];
    // Sixty guesses came from there.
    same("the older code", await this.register(tokenOf(made.link), one), "rate-limited");
    same("the older code, from elsewhere", await this.register(tokenOf(made.link), one, "198.51.100.7"), "bad-token");
    same("the newer code", await this.register(tokenOf(again.link), other), "in");
    const old = await this.asked<{ link: string }>("invite", "standing");
    const standing = await this.asked<{ link: string }>("invite", "rotate", "standing");
    same("the older standing code", await this.register(tokenOf(old.link), one, "198.51.100.7"), "bad-token");
    same("the newer standing code", await this.register(tokenOf(standing.link), one), "in");
    this.tell("rotated: older codes let nobody in, newer ones do");
  }

  /** compose.yaml's service `backup`, as it stands there. */
  private async backUp(): Promise<void> {
    const command = compose.services["backup"]?.command ?? [];
    const copying = this.box.spawn(command.map(String));
    await eventually("a copy", async () => copies(this.box).length === 1, copying.said);
    copying.kill("SIGTERM");
    const { code, output } = await this.box.run("drill", "--from", "/backups");
    same("the drill", [code, output.includes(`${people + 2} accounts`)], [0, true]);
    same("the check", (await this.box.run("check", "--backups", "/backups")).code, 0);
    this.tell("backed up: the newest copy was put back on the side, and a server started over it");
  }

  private async moveHouse(): Promise<void> {
    await this.end();
    const second = new Box(join(this.folder, "second"), this.program);
    second.bring(this.box.backups);
    this.box = second;
    const put = await this.box.run("restore", "--from", "/backups", "--data", "/data");
    same("it is put back", [put.code, put.output.startsWith("Put back")], [0, true]);
    await this.begin();
    const bill = await this.asked<{ number: number; isSuspended: boolean }[]>("accounts");
    same("accounts", bill.length, people + 2);
    same(
      "suspended",
      bill.filter((row) => row.isSuspended).map((row) => row.number),
      [this.hoarder],
    );
    await refusedAs("suspended", this.signedIn(this.guests[0] as Person, 0));
    await this.letter("Ann", "Ben", "from the new house");
    this.tell("moved: on another machine all accounts are there, the suspended one still is, and people write on");
  }

  private async upgrade(): Promise<void> {
    const guest = await this.signedIn(this.guests[1] as Person, 0);
    const ended = this.end();
    await until(() => guest.closed);
    same("who is connected is sent elsewhere", guest.closed?.code, 4007);
    await ended;
    this.box.install(this.next);
    await this.begin();
    await this.signedIn(this.guests[1] as Person, 1);
    await this.letter("Ben", "Ann", "and with the new version");
    this.tell("upgraded: the program was put in the other's place, and people write on");
  }

  private async lastLook(): Promise<void> {
    const { code, output } = await this.box.run("check", "--backups", "/backups");
    same("the check", [code, output], [0, output]);
    await this.end();
    same("who asks whether it runs", (await this.box.run(...healthCommand)).code, 1);
    this.tell("looked after: nothing is wrong, and it ends without being waited for");
  }

  /** "in", or why not. */
  private async register(token: Uint8Array, person: Person, from = church): Promise<string> {
    const socket = new Socket(this.port, from);
    await socket.open();
    const args = { token, inception: person.inception, entry: person.entries[0] as Uint8Array };
    const answer = await socket.call("register", args).then(
      () => "in",
      (error: Error) => /"code":"([a-z-]+)"/.exec(error.message)?.[1] ?? error.message,
    );
    socket.socket.close();
    return answer;
  }

  private async signedIn(person: Person, round: number): Promise<Socket> {
    const socket = new Socket(this.port, church);
    await socket.signIn(person, round);
    return socket;
  }

  /** A person's own terminal, with a folder that moves with them. */
  private async yanshu(name: string, command: string, ...args: string[]): Promise<string> {
    const cli = join(root, "packages", "cli", "src", "main.ts");
    const child = Bun.spawn([bunPath, cli, command, ...args, "--data", join(this.folder, `home of ${name}`)], {
      env: { PATH: process.env["PATH"], LANG: "en_US.UTF-8" },
      stdout: "pipe",
      stderr: "pipe",
    });
    const [output, errors, code] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    if (code !== 0) throw new Error(`yanshu ${command} of ${name}: ${errors}`);
    return output;
  }

  private async letter(from: string, to: string, text: string): Promise<void> {
    await this.yanshu(from, "send", to, text);
    await eventually(`${to} reads “${text}”`, async () => (await this.yanshu(to, "read", from)).includes(text));
  }
}

function copies(box: Box): readonly string[] {
  return readdirSync(box.backups).filter((name) => /^\d.*Z$/.test(name));
}

function tokenOf(link: string): Uint8Array {
  const read = decodeLink(link);
  if (read?.kind !== "invite") throw new Error(`no invitation: ${link}`);
  return read.link.token;
}

async function refusedAs(code: string, work: Promise<unknown>): Promise<void> {
  const said = await work.then(
    () => "it was not refused",
    (error: Error) => error.message,
  );
  if (!said.includes(code)) throw new Error(`not refused as ${code}: ${said}`);
}

function same(what: string, found: unknown, wanted: unknown): void {
  if (!Bun.deepEquals(found, wanted))
    throw new Error(`${what}: ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
}

async function eventually(
  what: string,
  look: () => Promise<boolean>,
  said: () => string | undefined = () => "",
): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (await look()) return;
    await Bun.sleep(100);
  }
  throw new Error(`${what}: it did not happen. ${said() ?? ""}`);
}
