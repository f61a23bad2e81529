/**
 * The relay in a thread, and media in a process where its library is installed: both begin with the first call that
 * needs them.
 */
import type { Faults } from "../../core/faults.ts";
import { type Provided, provide } from "../../feature.ts";
import { hasMediaLibrary, MediaProcess } from "./bun-media.ts";
import { type RelayOptions, RelayThread } from "./bun-relay.ts";
import { callsPort } from "./port.ts";

/** @param tell is told what an operator should hear of. */
export function callsBy(
  options: RelayOptions & { readonly seatsMax?: number },
  faults: Faults,
  tell: (said: string) => void,
): Provided {
  const relay = new RelayThread(options, faults, tell);
  const media = hasMediaLibrary() ? new MediaProcess(faults, tell, (port) => relay.inside(port)) : undefined;
  return provide(callsPort, {
    relay,
    media,
    seatsMax: options.seatsMax,
    front: options.front,
    liveBytesPerSecond: options.bytesPerSecond,
  });
}
