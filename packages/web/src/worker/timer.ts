/** Timers of the client in a browser. */
import type { Ports } from "@yanshu/client";

export const after: Ports["after"] = (ms, run) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};
