/**
 * Core: the client in the process of `yanshu app`, with its store in the terminal's folder (docs/spec/homes.md HM94).
 * The pages of a browser are its screens, each by a line of its own.
 */
import { type Ports, type RemoteLine, type Surroundings, serveRemote, startWorkAhead } from "@yanshu/client";
import type { Aside } from "../../context.ts";
import { type Device, openDevice } from "../../device.ts";
import type { Home } from "../../home.ts";

export type Core = {
  readonly device: Device;
  /** @param send to the screens. */
  readonly line: (send: (bytes: Uint8Array<ArrayBuffer>) => void) => RemoteLine;
  readonly end: () => Promise<void>;
};

const after: Ports["after"] = (ms, run) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};

/** @throws Fault when the folder is in use, or cannot be used. */
export async function openCore({ io, folder }: Pick<Aside, "io" | "folder">, home: Home | undefined): Promise<Core> {
  const lines = new Map<object, Surroundings>();
  const isAtWork = () => [...lines.values()].some(({ atWork }) => atWork);
  const device = await openDevice(io, folder, home, isAtWork);
  const { client } = device;
  const stopWork = startWorkAhead(after, client.workAhead, () => isAtWork() || client.isTakingIn());
  const report = (error: unknown) => io.report?.(error);
  /** Browsers that all know of no network are believed; without a page this computer is tried. */
  const follow = () => client.network(lines.size === 0 || [...lines.values()].some(({ online }) => online));
  return {
    device,
    line(send) {
      const key = {};
      const surroundings = (now: Surroundings) => {
        lines.set(key, now);
        follow();
      };
      const line = serveRemote(client, { send, surroundings, report });
      return {
        take: line.take,
        end() {
          lines.delete(key);
          follow();
          line.end();
        },
      };
    },
    async end() {
      stopWork();
      await device.end();
    },
  };
}
