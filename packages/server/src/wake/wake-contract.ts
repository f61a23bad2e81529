/** The contract of the port `Wake`: every adapter runs it. */
import { describe, expect, test } from "bun:test";
import type { Wake } from "../core/ports.ts";

export type WakesUnderTest = {
  /** One more server among the others. */
  readonly join: () => Wake;
  /** When what was said before has been heard, or will not be. */
  readonly settled: () => Promise<void>;
};

export function wakeContract(name: string, open: () => WakesUnderTest): void {
  describe(`wake: ${name}`, () => {
    const among = async (...gateways: readonly number[]) => {
      const { join, settled } = open();
      const servers = gateways.map((gateway) => {
        const wake = join();
        const one = { gateway, wake, heard: 0 };
        wake.listen(gateway, () => {
          one.heard++;
        });
        return one;
      });
      await settled();
      return { servers, settled, end: () => Promise.all(servers.map(({ wake }) => wake.close())) };
    };
    const heard = ({ servers }: { readonly servers: readonly { readonly heard: number }[] }) =>
      servers.map((one) => one.heard);

    test("[DS95] who is called hears it, and nobody else", async () => {
      const all = await among(1, 2, 3);
      const [one] = all.servers;
      one?.wake.call(2);
      await all.settled();
      expect(heard(all)).toEqual([0, 1, 0]);
      all.servers[2]?.wake.call(1);
      all.servers[2]?.wake.call(1);
      await all.settled();
      expect(heard(all)).toEqual([2, 1, 0]);
      await all.end();
    });

    test("[DS95] a number that nobody has is called without harm, and a server that takes another one hears under that alone", async () => {
      const all = await among(1, 2);
      const [one, two] = all.servers;
      one?.wake.call(9);
      await all.settled();
      let later = 0;
      two?.wake.listen(9, () => {
        later++;
      });
      await all.settled();
      one?.wake.call(2);
      one?.wake.call(9);
      await all.settled();
      expect([later, ...heard(all)]).toEqual([1, 0, 0]);
      await all.end();
    });

    test("[DS95] who left is not called any more, and calling goes on", async () => {
      const all = await among(1, 2, 3);
      const [one, two] = all.servers;
      await two?.wake.close();
      one?.wake.call(2);
      one?.wake.call(3);
      await all.settled();
      expect(heard(all)).toEqual([0, 0, 1]);
      await all.end();
    });
  });
}
