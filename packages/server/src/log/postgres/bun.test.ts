/** The PostgreSQL log: the contract, and what concerns several servers over one database. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createServer } from "node:net";
import { join } from "node:path";
import { hasPostgres, PostgresCluster } from "../../testkit/postgres.ts";
import { logContract } from "../bun-contract.ts";
import type { Log } from "../feature-tables.ts";
import { LogAwayError, LogConflictError, LogOpenError } from "../log.ts";
import { ofNobody, ofNobodyShared, ofOne, ofOneShared } from "../sql/account-export.ts";
import { openOver, openPostgresLog } from "./bun.ts";
import { Bridge } from "./bun-bridge.ts";
import { migrations } from "./migrations/index.ts";

let cluster: PostgresCluster;
const opened: Log[] = [];

function open(url: string): Log {
  const log = openPostgresLog(url);
  opened.push(log);
  return log;
}

describe.skipIf(!hasPostgres)("PostgreSQL", () => {
  beforeAll(async () => {
    cluster = await PostgresCluster.begin();
  }, 180_000);
  afterAll(() => {
    for (const log of opened) log.close();
    cluster.end();
  }, 180_000);

  /** As when a server's process dies: its connection ends. */
  const cutOff =
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";

  logContract("postgres", () => {
    const url = cluster.database();
    return {
      log: open(url),
      again: () => {
        cluster.ask(url, cutOff);
        return open(url);
      },
    };
  });

  const bytes = (value: number) => new Uint8Array(32).fill(value);
  const device = (log: Log) =>
    log.transaction(() => log.accounts.addDevice(log.accounts.create(bytes(1), bytes(2)), bytes(3), bytes(4)));
  const waiting = (log: Log, of: number) => log.delivery.backlog(of, 0, 99).map(({ id }) => id);

  test("[DS72] an acknowledgement takes what was sent, and not what another server put between", () => {
    const url = cluster.database();
    const [one, other] = [open(url), open(url)];
    const phone = device(one);
    for (const id of [1, 9]) one.transaction(() => one.delivery.put(id, bytes(id), [], [phone]));
    other.transaction(() => other.delivery.put(5, bytes(5), [], [phone]));
    one.transaction(() => one.delivery.ack(phone, 1, 9, [1, 9]));
    expect(waiting(other, phone)).toEqual([5]);
  });

  test("[DS72] the lists of a server that lives stay as they are when another begins; of one that died they become rows", () => {
    const url = cluster.database();
    const [one, other] = [open(url), open(url)];
    const phone = device(one);
    one.transaction(() => one.delivery.put(1, bytes(1), [phone], []));
    expect(other.transaction(() => other.delivery.recover())).toBe(0);
    one.close();
    // Its lock goes a moment after its connection.
    for (let tries = 0; tries < 50 && waiting(other, phone).length === 0; tries++)
      other.transaction(() => other.delivery.recover());
    expect(waiting(other, phone)).toEqual([1]);
  });

  test("[PE61] of some servers it is known which live", async () => {
    const url = cluster.database();
    const [one, other, third] = [open(url), open(url), open(url)];
    const [there, gone] = [other.peers?.number() as number, third.peers?.number() as number];
    expect(one.peers?.living([there, gone, 9_999])).toEqual([there, gone]);
    third.close();
    // Its lock goes a moment after its connection.
    for (let tries = 0; tries < 50 && one.peers?.living([gone]).length !== 0; tries++) await Bun.sleep(20);
    expect(one.peers?.living([there, gone])).toEqual([there]);
    expect(other.peers?.living([])).toEqual([]);
  });

  test("[DS72] two servers that acknowledge for the last two devices of an envelope leave nothing of it", () => {
    const url = cluster.database();
    const [one, other] = [open(url), open(url)];
    const [phone, tablet] = [device(one), one.transaction(() => one.accounts.addDevice(1, bytes(7), bytes(8)))];
    one.transaction(() => {
      one.delivery.put(1, bytes(1), [phone], [tablet], bytes(200));
      one.delivery.put(2, bytes(2), [], [phone, tablet], bytes(100));
    });
    one.transaction(() => one.delivery.finishPacked(1, 1));
    other.transaction(() => other.delivery.ack(tablet, 1, 2, [1, 2]));
    one.transaction(() => one.delivery.ack(phone, 2, 2, [2]));
    const left = ["envelopes", "pending", "queue"].map((table) => cluster.ask(url, `SELECT count(*) FROM ${table}`));
    expect(left).toEqual(["0", "0", "0"]);
  });

  const nothingAhead = { gates: [], addresses: [], posts: [], envelopes: 0, arriving: [], hears: false, moves: false };

  test("[DS164] two servers take messages at the same time, and the ids of one gate rise whichever takes them", () => {
    const url = cluster.database();
    const [one, other] = [open(url), open(url)];
    const phone = device(one);
    const gate = (value: number) => ({
      id: bytes(value),
      epoch: 1,
      postKey: bytes(2),
      tokenHash: bytes(3),
      lastHash: bytes(4),
      usedDay: 7,
    });
    one.transaction(() => [1, 2].map((value) => one.delivery.putGate(gate(value))));
    const take = (log: Log, value: number, meanwhile: () => void = () => undefined) =>
      log.transaction(
        () => {
          log.delivery.gate(bytes(value));
          const id = log.delivery.reserveIds(1);
          log.delivery.put(id, bytes(value), [], [phone], bytes(value));
          meanwhile();
          return id;
        },
        { ...nothingAhead, gates: [bytes(value)], envelopes: 1 },
      );
    let between = 0;
    const first = take(one, 1, () => {
      between = take(other, 2); // Another gate: it waits for nobody.
    });
    const second = take(other, 1);
    const third = take(one, 1);
    expect(new Set([between, first, second, third]).size).toBe(4);
    expect([first, second, third].toSorted((a, b) => a - b)).toEqual([first, second, third]);
    expect(waiting(one, phone)).toHaveLength(4);
  });

  /** Two servers, of which the other holds a phone and a tablet. */
  function withHeld() {
    const url = cluster.database();
    const [one, other] = [open(url), open(url)];
    const phone = device(one);
    const tablet = one.transaction(() => one.accounts.addDevice(1, bytes(7), bytes(8)));
    const [peers, theirs] = [one.peers, other.peers];
    if (peers === undefined || theirs === undefined) throw new Error("not shared");
    other.transaction(() => [phone, tablet].map((each) => theirs.hold(each)), { ...nothingAhead, moves: true });
    const address = bytes(5).subarray(0, 16);
    one.transaction(() => one.accounts.addAddress(address, phone));
    const ahead = { ...nothingAhead, addresses: [address], envelopes: 1 };
    const take = (id: number) =>
      one.transaction(() => {
        expect(peers.holder(phone)).toBe(theirs.number());
        const list = { devices: [phone, tablet], waking: 1 };
        one.delivery.put(id, bytes(id), [], [], address, new Map([[theirs.number(), list]]));
      }, ahead);
    const left = () =>
      cluster.ask(
        url,
        "SELECT (SELECT count(*) FROM envelopes), (SELECT count(*) FROM pending), (SELECT count(*) FROM lists)",
      );
    return { url, one, other, theirs, phone, tablet, take, left };
  }

  test("[DS165] what is for devices at another server is one list and one call for it, with the frame, and goes when that is done", () => {
    const { other, theirs, phone, tablet, take, left, url } = withHeld();
    take(1);
    take(2);
    expect(cluster.ask(url, "SELECT count(*) FROM calls WHERE what = 'pushes'")).toBe("2");
    other.transaction(() => undefined, { ...nothingAhead, hears: true });
    const pushed = (id: number) => ({ kind: "push", id, frame: bytes(id), devices: [phone, tablet], waking: 1 });
    expect(theirs.takeHeard()).toMatchObject([pushed(1), pushed(2)]);
    expect(left()).toBe("2|2|2");
    other.transaction(() => {
      other.delivery.spill(tablet, [2]);
      other.delivery.finishPacked(1, 2);
    });
    expect(left()).toBe("1|1|0");
    expect(waiting(other, tablet)).toEqual([2]);
    other.transaction(() => other.delivery.ack(tablet, 2, 2, [2]));
    expect(left()).toBe("0|0|0");
  });

  test("[DS165] a device that is let go of takes what was on its way to it there along, as rows", () => {
    const { other, theirs, phone, tablet, take } = withHeld();
    take(1);
    other.transaction(() => theirs.release(phone), { ...nothingAhead, moves: true, hears: true });
    expect(waiting(other, phone)).toEqual([1]);
    expect(theirs.takeHeard()).toMatchObject([{ kind: "push", devices: [tablet] }]);
  });

  test("[DS79] what was on its way at a server that died is rows, and who is woken by it is told of", async () => {
    const { one, other, phone, tablet, take, left } = withHeld();
    take(1);
    other.close();
    const look = () => one.transaction(() => one.delivery.recover());
    for (let tries = 0; tries < 50 && look() === 0; tries++) await Bun.sleep(20);
    expect([waiting(one, phone), waiting(one, tablet)]).toEqual([[1], [1]]);
    expect(left()).toBe("1|1|0");
    const heard = one.peers?.takeHeard() ?? [];
    expect(heard).toContainEqual({ kind: "left", device: phone });
    expect(heard).not.toContainEqual({ kind: "left", device: tablet });
  });

  test("[DS79] a device that left a server before it died is told, where it is now, of what the lists there still named it for", async () => {
    const url = cluster.database();
    const [one, other, third] = [open(url), open(url), open(url)];
    const phone = device(one);
    one.transaction(() => one.delivery.put(1, bytes(1), [phone], [])); // Acknowledged there, in memory alone.
    other.transaction(() => other.peers?.hold(phone), { ...nothingAhead, moves: true });
    one.close();
    const look = () => third.transaction(() => third.delivery.recover());
    for (let tries = 0; tries < 50 && look() === 0; tries++) await Bun.sleep(20);
    other.transaction(() => undefined, { ...nothingAhead, hears: true });
    expect(other.peers?.takeHeard()).toContainEqual({ kind: "messages", device: phone });
  });

  test("[DS79] a transaction that finds a server dead writes nothing for it any more", async () => {
    const { one, other, theirs, phone, left } = withHeld();
    const number = theirs.number();
    other.close();
    const arriving = { ...nothingAhead, addresses: [bytes(5).subarray(0, 16)], envelopes: 1, arriving: [phone] };
    let holder: unknown = number;
    for (let tries = 0; tries < 50 && holder === number; tries++) {
      one.transaction(() => {
        holder = one.peers?.holder(phone);
      }, arriving);
      await Bun.sleep(20);
    }
    expect(holder).toBeUndefined();
    expect(left()).toBe("0|0|0");
  });

  /** A log whose line is cut at the commit: before the database has it, or before its answer is here. */
  function cutting(url: string) {
    const bridge = new Bridge(url);
    let isOver = false;
    let cut: "no" | "before" | "after" | "before and then for good" | "after and then for good" = "no";
    const log = openOver({
      close: () => bridge.close(),
      ask: (steps, isFirst, more) => {
        const isCommit = steps.at(-1)?.sql === "COMMIT";
        const isForGood = cut.endsWith("for good");
        if (cut === "no" || (!isCommit && !isForGood)) return bridge.ask(steps, isFirst, more);
        if (isCommit && isOver) throw new LogAwayError("cut");
        if (cut.startsWith("after")) bridge.ask(steps, isFirst, more);
        else if (isCommit) cluster.ask(url, cutOff);
        isOver = isForGood;
        if (!isForGood) cut = "no";
        throw new LogAwayError("cut");
      },
    });
    opened.push(log);
    const cutAt = (when: typeof cut) => {
      cut = when;
      isOver = false;
    };
    return { log, cutAt };
  }

  test("[DS110] a thread that dies is replaced, and what was answered stands", async () => {
    const bridge = new Bridge(cluster.database());
    const log = openOver(bridge);
    opened.push(log);
    const create = (n: number) => log.transaction(() => log.accounts.create(bytes(n), bytes(2)));
    create(1);
    await bridge.kill();
    for (let tries = 0; log.accounts.find(bytes(2)) === undefined; tries++) {
      expect(tries).toBeLessThan(5);
      try {
        create(2);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    }
    expect(log.accounts.find(bytes(1))).toBeDefined();
  }, 180_000);

  test("[DS75] of a commit whose answer was lost it is found out whether it happened", () => {
    const url = cluster.database();
    const { log, cutAt } = cutting(url);
    const create = (n: number) => log.transaction(() => log.accounts.create(bytes(n), bytes(2)));
    create(1);
    cutAt("after");
    expect(create(2)).toBeGreaterThan(0);
    expect(log.accounts.find(bytes(2))).toBeDefined();
    cutAt("before");
    expect(() => create(3)).toThrow(LogConflictError);
    expect(log.accounts.find(bytes(3))).toBeUndefined();
    expect(create(3)).toBeGreaterThan(0);
    cutAt("before and then for good");
    expect(() => create(4)).toThrow(LogAwayError);
  });

  test("[DS75] where it could not be found out whether a commit happened, it is before anything else is written, and what it had to push waits as rows", () => {
    const url = cluster.database();
    const { log, cutAt } = cutting(url);
    const phone = device(log);
    for (const [id, when] of [
      [1, "after and then for good"],
      [2, "before and then for good"],
      [3, "no"],
    ] as const) {
      cutAt(when);
      const put = () => log.transaction(() => log.delivery.put(id, bytes(id), [phone], []));
      if (when === "no") put();
      else expect(put).toThrow(LogAwayError);
      cutAt("no");
    }
    expect(waiting(log, phone)).toEqual([1]);
    expect(log.peers?.takeHeard()).toContainEqual({ kind: "messages", device: phone });
    expect(cluster.ask(url, "SELECT string_agg(id::text, ',' ORDER BY id) FROM envelopes")).toBe("1,3");
    expect(cluster.ask(url, "SELECT string_agg(envelope::text, ',') FROM packed")).toBe("3");
  });

  test("[DS212] rows that a transaction made whose answer was lost are not made again once they were fetched elsewhere", () => {
    const url = cluster.database();
    const { log, cutAt } = cutting(url);
    const other = open(url);
    const [phone, tablet] = [device(log), log.transaction(() => log.accounts.addDevice(1, bytes(7), bytes(8)))];
    log.transaction(() => log.delivery.put(1, bytes(1), [phone], []));
    log.transaction(() => log.delivery.put(2, bytes(2), [phone, tablet], []));
    const makeRows = () =>
      log.transaction(() => {
        log.delivery.spill(phone, [1, 2]);
        log.delivery.finishPacked(1, 1);
      });
    cutAt("after and then for good");
    expect(makeRows).toThrow(LogAwayError);
    cutAt("no");
    other.transaction(() => other.delivery.ack(phone, 1, 2, [1, 2]));
    makeRows();
    const left = (table: string) => cluster.ask(url, `SELECT count(*) FROM ${table} WHERE envelope = 1`);
    expect([left("queue"), left("pending")]).toEqual(["0", "0"]);
    // What others still lack is there, so the device may get it once more, and acknowledges it once more.
    expect(waiting(other, phone)).toEqual([2]);
    other.transaction(() => other.delivery.ack(phone, 2, 2, [2]));
    log.transaction(() => log.delivery.finishPacked(2, 2));
    expect(cluster.ask(url, "SELECT (SELECT count(*) FROM envelopes), (SELECT count(*) FROM queue)")).toBe("0|0");
  });

  test("[DS77] what was heard by a transaction that happened without being answered is heard all the same", () => {
    const url = cluster.database();
    const { log, cutAt } = cutting(url);
    const other = open(url);
    const phone = device(log);
    log.transaction(() => log.peers?.hold(phone));
    other.transaction(() => other.peers?.call(phone, "messages"));
    expect(other.peers?.takeCalled()).toEqual([log.peers?.number() ?? 0]);
    const hear = () => log.transaction(() => undefined, { ...nothingAhead, hears: true });
    cutAt("after and then for good");
    expect(hear).toThrow(LogAwayError);
    cutAt("no");
    expect(log.peers?.takeHeard()).toEqual([]);
    hear();
    expect(log.peers?.takeHeard()).toEqual([{ kind: "messages", device: phone }]);
    hear();
    expect(log.peers?.takeHeard()).toEqual([]);
  });

  test("[DS75] a database that is starting is away, and refuses nothing", async () => {
    const starting = createServer((socket) => {
      const fields = ["SFATAL", "VFATAL", "C57P03", "Mthe database system is starting up"];
      const body = Buffer.from(`${fields.join("\0")}\0\0`);
      const head = Buffer.from("E0000");
      head.writeInt32BE(4 + body.length, 1);
      socket.on("error", () => undefined).once("data", () => socket.end(Buffer.concat([head, body])));
    });
    await new Promise<void>((ready) => starting.listen(0, "127.0.0.1", ready));
    const { port } = starting.address() as { port: number };
    const file = join(import.meta.dir, "bun.ts");
    // In a process of its own: a process that waits for a database does nothing else.
    const opens = `import { openPostgresLog } from ${JSON.stringify(file)};
      try { openPostgresLog("postgres://yanshu@127.0.0.1:${port}/any"); } catch (error) { console.log(error.message); process.exit(0); }`;
    const child = Bun.spawn([process.execPath, "-e", opens], { stdout: "pipe", stderr: "inherit" });
    expect(await new Response(child.stdout).text()).toContain("the database cannot be reached");
    starting.close();
  }, 180_000);

  test("[DS71] each table of a shared database is told to its account, or is of nobody", () => {
    const url = cluster.database();
    open(url);
    const own = "SELECT string_agg(table_name, ',') FROM information_schema.tables WHERE table_schema = 'public'";
    const tables = new Set(cluster.ask(url, own).split(","));
    // Of how many still lack a message, PostgreSQL has a table by another name; files are of nobody (ME22).
    const others = [
      "pending",
      "lists",
      "yanshu_version",
      "blobs",
      "blob_parts",
      "leaving_blobs",
      "spent",
      "blob_totals",
    ];
    const told = [...ofOne, ...ofOneShared].map(({ table }) => table);
    const nobody = [...ofNobody.filter((table) => table !== "waiting"), ...ofNobodyShared, ...others];
    expect([...told, ...nobody].toSorted()).toEqual([...tables].toSorted());
    const columns = (table: string) =>
      cluster
        .ask(url, `SELECT string_agg(column_name, ',') FROM information_schema.columns WHERE table_name = '${table}'`)
        .split(",");
    // A deposit for a rendezvous is of nobody who has an account.
    for (const { table, columns: named } of ofOneShared)
      expect(
        columns(table)
          .filter((name) => name !== "address" && name !== "frame" && name !== "envelopes")
          .toSorted(),
      ).toEqual([...named].toSorted());
  });

  test("[DS34] a newer database, another program's and one that is not there are refused and left as they are", () => {
    const newer = cluster.database();
    openPostgresLog(newer).close();
    cluster.ask(newer, `UPDATE yanshu_version SET version = ${migrations.length + 2}`);
    expect(() => openPostgresLog(newer)).toThrow("use a newer server");
    const foreign = cluster.database();
    cluster.ask(foreign, "CREATE TABLE theirs (x int)");
    expect(() => openPostgresLog(foreign)).toThrow("another program");
    expect(cluster.ask(foreign, "SELECT string_agg(tablename, ',') FROM pg_tables WHERE schemaname = 'public'")).toBe(
      "theirs",
    );
    expect(() => openPostgresLog(`${foreign}-not`)).toThrow(LogOpenError);
  });

  test("[DS187] a database of before the first release is refused in a sentence, and left as it is", () => {
    const url = cluster.database();
    openPostgresLog(url).close();
    const version = () => cluster.ask(url, "SELECT version FROM yanshu_version");
    // Its first version made what later ones make now.
    cluster.ask(url, "UPDATE yanshu_version SET version = 4");
    expect(() => openPostgresLog(url)).toThrow("made before version 1");
    expect(version()).toBe("4");
    cluster.ask(url, `UPDATE yanshu_version SET version = ${migrations.length}; DROP TABLE handles`);
    expect(() => openPostgresLog(url)).toThrow(LogOpenError);
    expect(() => openPostgresLog(url)).toThrow("made before version 1");
    expect(version()).toBe(`${migrations.length}`);
  });

  test("[DS55] [DS193] a database that was put back is a new incarnation, in which no pair is held, and what takes away waits anew", () => {
    const url = cluster.database();
    const log = open(url);
    const phone = device(log);
    log.transaction(() => log.accounts.setPair(phone, bytes(1), bytes(2)));
    const { homes, helpers } = log.features;
    log.transaction(() => {
      homes.putLeaving(1, { request: bytes(3), by: phone, dueDay: 20_000 });
      helpers.putFamily(1, bytes(4), bytes(5));
      helpers.putFamilyRequest(1, { id: bytes(6), state: "waiting", dueMs: 9 });
    });
    const back = openPostgresLog(url, { restored: true });
    opened.push(back);
    expect(back.incarnation).not.toEqual(log.incarnation);
    expect(back.accounts.devices(1)[0]).toMatchObject({ held: undefined, last: undefined });
    expect(back.features.homes.of(1)?.leaving).toEqual({ request: bytes(3), by: phone, dueDay: undefined });
    expect(back.features.helpers.family(1)?.request).toBeUndefined();
  });
});
