/** The log over PostgreSQL in this process (docs/spec/simulation.md SIM13): the contract, and what a line of its own is there too. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { PostgresInside } from "../../testkit/pglite.ts";
import { logContract } from "../bun-contract.ts";
import { LogConflictError } from "../log.ts";

let postgres: PostgresInside;
const bytes = (value: number) => new Uint8Array(32).fill(value);

describe("PostgreSQL in this process", () => {
  beforeAll(async () => {
    postgres = await PostgresInside.begin();
  }, 60_000);
  afterAll(() => postgres.end());

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

  test("[SIM13] two databases know nothing of each other", () => {
    const [one, other] = [postgres.database(), postgres.database()];
    const { log } = one.open();
    other.open();
    log.transaction(() => log.accounts.create(bytes(1), bytes(2)));
    const count = "SELECT count(*) FROM accounts";
    expect([one.rows(count), other.rows(count), one.rows(count)]).toEqual([[[1]], [[0]], [[1]]]);
  });
});
