/**
 * Push (docs/spec/push.md PU2, PU5, PU7): a device subscribes on its signed connection, says which of its addresses
 * wake it, and tries it out; a message that waits for a device without a connection wakes it.
 */
import { accept, type Done, done, refuse } from "../../core/outcome.ts";
import { serverFeature, services, signed } from "../../feature.ts";
import type { Caller } from "../../gateway/caller.ts";
import type { DeviceRef } from "../../log/log.ts";
import { migrations, owned, pushTables } from "./tables.ts";
import { Wakeups } from "./wakeups.ts";

export const push = serverFeature({
  name: "push",
  migrations,
  owned,
  tables: (prepare) => pushTables(prepare),
  limits: {},
  metrics: {
    wakeups: { name: "wakeups_total", kind: "counter", help: "Devices without a connection that were woken." },
  },
  serve: (server) => {
    const { tables, accounts, inCommit, wakingChanged } = server;
    const push = server.ask(services.push);
    const wakeups = push && new Wakeups({ ...server, push });
    /** Changes what is on disk, and then what is in memory. */
    const marking = (from: Caller, answer: Done<Record<never, never>>, change: (device: DeviceRef) => void) => {
      const { device } = signed(from);
      inCommit(
        () => {
          if (push !== undefined) change(device);
          return done;
        },
        (outcome) => {
          wakingChanged(device);
          answer(outcome);
        },
      );
    };
    return {
      calls: {
        pushKey: {
          grows: false,
          handle: (_from, _args, answer) => answer(accept(push === undefined ? {} : { key: push.publicKey })),
        },
        pushSubscribe: {
          grows: true,
          handle: (from, args, answer) => {
            // A server without push says so by giving no key; a client that asks all the same is told to try later.
            if (push === undefined) return answer(refuse("unavailable"));
            // @checks PU3
            if (!push.allows(args)) return answer(refuse("malformed"));
            const { device } = signed(from);
            inCommit(() => {
              tables.setSubscription(device, args);
              return done;
            }, answer);
          },
        },
        pushUnsubscribe: {
          grows: false,
          handle: (from, _args, answer) =>
            marking(from, answer, (device) => {
              tables.dropSubscription(device);
              accounts.silence(device);
            }),
        },
        pushWaking: {
          grows: false,
          handle: (from, { add, remove }, answer) =>
            marking(from, answer, (device) => {
              for (const address of add) accounts.setWaking(device, address, true);
              for (const address of remove) accounts.setWaking(device, address, false);
            }),
        },
        pushTest: {
          grows: false,
          handle: (from, _args, answer) => {
            if (wakeups === undefined) return answer(accept({ outcome: "not-subscribed" }));
            wakeups.test(signed(from).device).then(
              (outcome) => answer(accept({ outcome })),
              (error) => {
                wakeups.failed(error);
                answer(refuse("unavailable"));
              },
            );
          },
        },
      },
      messageWaits: (device) => wakeups?.wanted(device),
      rings: (device, gate) => wakeups?.rings(device, gate),
      eachMinute: () => wakeups?.sweep(),
      stop: () => wakeups?.stop(),
      counts: () => ({ wakeups: wakeups?.sent ?? 0 }),
    };
  },
});
