/** A disk that takes no bytes of files: the database beside them still writes. */
import type { WrapPorts } from "./person.ts";

/** @param fault of every write; undefined: it is written. */
export const withFullDisk =
  (fault: () => Error | undefined): WrapPorts =>
  (ports) => {
    const { media } = ports;
    if (media === undefined) return ports;
    const { files } = media;
    const write: typeof files.write = async (...args) => {
      const full = fault();
      if (full !== undefined) throw full;
      await files.write(...args);
    };
    return { ...ports, media: { ...media, files: { ...files, write } } };
  };
