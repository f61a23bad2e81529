/** Wake among servers in one process, as in tests and the simulator: what one says, another hears in the next turn. */
import type { Wake } from "../core/ports.ts";

/** Wake within one process, for tests. Returns a function that makes the `Wake` of each server. */
export function localWakes(): () => Wake {
  const listening = new Map<number, () => void>();
  return () => {
    let own: number | undefined;
    const leave = () => {
      if (own !== undefined) listening.delete(own);
    };
    return {
      call: (gateway) => queueMicrotask(() => listening.get(gateway)?.()),
      listen: (gateway, called) => {
        leave();
        own = gateway;
        listening.set(gateway, called);
      },
      close: async () => leave(),
    };
  };
}
