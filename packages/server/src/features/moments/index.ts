/** Moments (docs/spec/moments.md): the holes at home that they lie in. What is in them this server cannot read. */
import { dayOf } from "../../core/rate.ts";
import { serverFeature, services } from "../../feature.ts";
import { Holes, momentLimits } from "./holes.ts";
import { holeTables, migrations } from "./tables.ts";

export const moments = serverFeature({
  name: "moments",
  migrations,
  owned: [],
  ofNobody: ["holes", "hole_totals"],
  daily: { names: ["holes"], isDue: (tables) => tables.totals().holes > 0 },
  tables: holeTables,
  limits: momentLimits,
  options: {
    "moments-gib": { of: ["momentsBytesMax"], help: "room for all holes of Moments, in GiB", unit: 1024 ** 3 },
    "holes-per-place": {
      of: ["holesPerMinute", "prefix"],
      help: "holes of Moments put, looked for, read and cleared a minute from one address",
    },
  },
  metrics: {
    holes: { name: "holes", kind: "gauge", help: "Holes of Moments that are kept." },
    holeBytes: { name: "holes_bytes", kind: "gauge", help: "Their bytes." },
    holeRoom: { name: "holes_bytes_max", kind: "gauge", help: "Room for them, in bytes." },
    holesPut: { name: "holes_put_total", kind: "counter", help: "Holes that were put." },
    holesLooked: { name: "holes_looked_total", kind: "counter", help: "Names of holes that were looked for." },
  },
  serve: ({ ask, tables, config, clock, primitives, pause, faults, isDayKnown, peers, inCommit, awaiting }) => {
    const uploadTokens = ask(services.uploadTokens);
    const isAlone = peers === undefined;
    const ports = { clock, primitives, pause, inCommit, uploadTokens, isDayKnown, isAlone };
    const holes = new Holes(tables, ports, config);
    let sweptDay: number | undefined;
    /** Once a day; what failed is tried again a minute later. */
    const sweep = (): void => {
      const today = dayOf(clock.nowMs());
      if (today === sweptDay || !isDayKnown()) return;
      sweptDay = today;
      const failed = () => {
        if (sweptDay === today) sweptDay = undefined;
      };
      holes.sweep().then(
        (refusal) => {
          if (refusal !== undefined) failed();
        },
        (error) => {
          faults.caught("sweeping holes", error);
          failed();
        },
      );
    };
    return {
      eachMinute: sweep,
      counts: () => {
        const { holes: kept, bytes } = tables.totals();
        return { holes: kept, holeBytes: bytes, holeRoom: holes.room, holesPut: holes.put, holesLooked: holes.looked };
      },
      calls: {
        putHoles: {
          grows: true,
          handle: ({ prefix }, args, answer) => awaiting(holes.putAll(args, prefix), answer),
        },
        lookHoles: {
          grows: false,
          handle: ({ prefix }, args, answer) => awaiting(holes.lookFor(args, prefix), answer),
        },
        readHoles: {
          grows: false,
          handle: ({ prefix }, args, answer) => awaiting(holes.read(args, prefix), answer),
        },
        clearHoles: {
          grows: false,
          handle: ({ prefix }, args, answer) => awaiting(holes.clear(args, prefix), answer),
        },
      },
    };
  },
});
