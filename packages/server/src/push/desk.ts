/**
 * The calls of push (docs/spec/push.md PU2, PU5, PU7): a device subscribes on its signed connection, says which of its
 * addresses wake it, and tries it out.
 */
import type { CallArgs, CallName, CallResult } from "@yanshu/wire";
import { accept, type Done, done, type Outcome, refuse } from "../core/outcome.ts";
import type { Caller } from "../gateway/caller.ts";
import type { DeviceRef, PushLog } from "../log/log.ts";
import type { PushPort } from "./port.ts";
import type { Wakeups } from "./wakeups.ts";

export type PushDesk = { readonly port: PushPort; readonly wakeups: Wakeups; readonly log: PushLog };

type PushCall = Extract<CallName, `push${string}`>;
type PushHandlers = {
  readonly [N in PushCall]: (from: Caller, args: CallArgs<N>, answer: Done<CallResult<N>>) => void;
};

/** @param marksChanged is told of a device whose marks changed: whom a list wakes is kept in memory. */
export function pushHandlers(
  push: PushDesk | undefined,
  marksChanged: (device: DeviceRef) => void,
  inCommit: <T>(run: () => Outcome<T>, answer: Done<T>) => void,
): PushHandlers {
  /** Changes what is on disk, and then what is in memory. */
  const marking = (
    from: Caller,
    answer: Done<Record<never, never>>,
    change: (log: PushLog, device: DeviceRef) => void,
  ) => {
    const device = deviceOf(from);
    inCommit(
      () => {
        if (push !== undefined) change(push.log, device);
        return done;
      },
      (outcome) => {
        marksChanged(device);
        answer(outcome);
      },
    );
  };
  return {
    pushKey: (_from, _args, answer) => answer(accept(push === undefined ? {} : { key: push.port.publicKey })),
    pushSubscribe: (from, args, answer) => {
      // A server without push says so by giving no key; whoever asks all the same is told to try later.
      if (push === undefined) return answer(refuse("unavailable"));
      if (!push.port.allows(args)) return answer(refuse("malformed"));
      const device = deviceOf(from);
      inCommit(() => {
        push.log.setSubscription(device, args);
        return done;
      }, answer);
    },
    pushUnsubscribe: (from, _args, answer) =>
      marking(from, answer, (log, device) => {
        log.dropSubscription(device);
        log.silence(device);
      }),
    pushWaking: (from, { add, remove }, answer) =>
      marking(from, answer, (log, device) => {
        for (const address of add) log.setWaking(device, address, true);
        for (const address of remove) log.setWaking(device, address, false);
      }),
    pushTest: (from, _args, answer) => {
      if (push === undefined) return answer(accept({ outcome: "not-subscribed" }));
      push.wakeups.test(deviceOf(from)).then(
        (outcome) => answer(accept({ outcome })),
        (error) => {
          push.wakeups.failed(error);
          answer(refuse("unavailable"));
        },
      );
    },
  };
}

function deviceOf({ session }: Caller): DeviceRef {
  if (session === undefined) throw new Error("invariant: the call is for signed-in connections");
  return session.device;
}
