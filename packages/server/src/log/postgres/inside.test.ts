/**
 * The log over PostgreSQL in this process (docs/spec/simulation.md SIM13): the contract, and what a line of its own is
 * there too.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Client } from "../../testkit/client.ts";
import { PostgresInside } from "../../testkit/pglite.ts";
import { TestServer } from "../../testkit/test-server.ts";
import { logContract } from "../bun-contract.ts";
import { LogConflictError } from "../log.ts";

let postgres: PostgresInside;
const bytes = (value: number) => new Uint8Array(32).fill(value);

describe("PostgreSQL in this process", () => {
  beforeAll(async () => {
    postgres = await PostgresInside.begin();
  }, 180_000);
  afterAll(() => postgres.end(), 180_000);

  logContract("postgres in this process", () => {
    const database = postgres.database();
    const { log, line } = database.open();
    return {
      log,
      again: () => {
        line.cut();
        return database.open().log;
      },
    };
  });

  test("[SIM13] what a line was about when it breaks did not happen, and what it had packed is anybody's", () => {
    const database = postgres.database();
    let trouble: "before" | undefined;
    const one = database.open({}, { trouble: (ending) => ending && trouble });
    const other = database.open();
    const account = one.log.transaction(() => one.log.accounts.create(bytes(1), bytes(2)));
    const phone = one.log.transaction(() => one.log.accounts.addDevice(account, bytes(3), bytes(4)));
    one.log.transaction(() => one.log.delivery.put(1, bytes(1), [phone], []));
    expect(other.log.transaction(() => other.log.delivery.recover())).toBe(0);
    trouble = "before";
    expect(() => one.log.transaction(() => one.log.accounts.create(bytes(5), bytes(6)))).toThrow();
    expect(other.log.accounts.find(bytes(5))).toBeUndefined();
    expect(other.log.transaction(() => other.log.delivery.recover())).toBe(1);
    trouble = undefined;
    expect(() => one.log.transaction(() => one.log.accounts.create(bytes(5), bytes(6)))).toThrow(LogConflictError);
    expect(one.log.transaction(() => one.log.accounts.create(bytes(5), bytes(6)))).toBeGreaterThan(account);
    expect(other.log.delivery.queueLength(phone)).toBe(1);
  });

  /**
   * Bob's phone comes to its server on another connection; that is on disk, and its answer waits for some slow ones, of
   * which the first is given now.
   */
  async function comingAgain(meanwhile: (older: Client, elsewhere: () => void) => void) {
    const database = postgres.database();
    const [here, there] = [database.open().log, database.open().log];
    let told: () => void = () => undefined;
    const wake = {
      listen: (_: number, called: () => void) => {
        told = called;
      },
      call: () => undefined,
      close: async () => undefined,
    };
    const home = new TestServer({ over: here, wake });
    const bob = await home.person("bob");
    const older = await bob.phone.signIn(home);
    const slow = await (await home.person("ann")).phone.signIn(home);
    const take = slow.take.bind(slow);
    let answers = 0;
    slow.take = (bytes) => {
      home.clock.jump(10); // So much that nothing else is answered in this turn.
      take(bytes);
      if (answers++ > 0) return;
      const phone = here.accounts.devices(here.accounts.find(bob.account)?.ref as number)[0]?.ref as number;
      meanwhile(older, () => {
        there.transaction(() => there.peers?.hold(phone));
        told();
      });
    };
    const caller = await home.client();
    for (let i = 0; i < 6; i++)
      void slow.call("addresses", { add: [new Uint8Array(16).fill(9 + i)], remove: [] }).catch(() => undefined);
    const isIn = bob.phone.signInOn(caller).then(
      () => true,
      () => false,
    );
    await home.clock.pass(2_000);
    const holders = database.rows(
      "SELECT h.gateway FROM holds h JOIN devices d ON d.ref = h.device JOIN accounts a ON a.ref = d.account ORDER BY d.ref, h.gateway",
    );
    const numbers = [here.peers?.number(), there.peers?.number()] as const;
    home.server.stop();
    return { isIn: await isIn, caller, holders: holders.map(([gateway]) => gateway as number), numbers };
  }

  test("[DS214] a device whose older connection ends before the sign-in on another one is answered stays one that this server holds", async () => {
    const { isIn, holders, numbers } = await comingAgain((older) => older.close());
    expect(isIn).toBe(true);
    expect(holders).toEqual([numbers[0], numbers[0]] as number[]); // Bob's, and Ann's.
  });

  test("[DS214] a device that comes to another server before its sign-in here is answered is not let in here", async () => {
    const { caller, holders, numbers } = await comingAgain((_, elsewhere) => elsewhere());
    expect(caller.closedWith).toMatchObject({ code: 4001 });
    expect(holders).toEqual([numbers[1], numbers[0]] as number[]);
  });

  test("[SIM13] two databases know nothing of each other", () => {
    const [one, other] = [postgres.database(), postgres.database()];
    const { log } = one.open();
    other.open();
    log.transaction(() => log.accounts.create(bytes(1), bytes(2)));
    const count = "SELECT count(*) FROM accounts";
    expect([one.rows(count), other.rows(count), one.rows(count)]).toEqual([[[1]], [[0]], [[1]]]);
  });
});
