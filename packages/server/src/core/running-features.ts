/** Running features: each feature of the list at work in one server (docs/spec/rooms.md RO13). */
import type { GateId } from "@yanshu/wire";
import type { CallRules, FeatureServer, RunningFeature } from "../feature.ts";
import { allFeatures, type Log } from "../log/feature-tables.ts";
import type { AccountRef, DeviceRef } from "../log/log.ts";
import type { ServerConfig } from "./config.ts";
import type { Emptying } from "./emptying.ts";
import type { Faults } from "./faults.ts";

type Shared = Omit<FeatureServer<object, unknown>, "tables" | "config" | "leave">;

export class RunningFeatures {
  private running: readonly RunningFeature[] = [];
  private ringing: readonly ((device: DeviceRef, gate: GateId) => void)[] = [];
  private waits: readonly ((device: DeviceRef) => void)[] = [];
  private readonly faults: Faults;

  constructor(faults: Faults) {
    this.faults = faults;
  }

  start(log: Log, emptying: Pick<Emptying, "ofFeature">, config: ServerConfig, shared: Shared): void {
    this.running = allFeatures.map((feature) => {
      const { name } = feature;
      const leave = (account: AccountRef, over: () => void) => emptying.ofFeature(name, account, over);
      return feature.serve({ ...shared, config, leave, tables: log.features[name as keyof Log["features"]] });
    });
    this.waits = this.running.flatMap(({ messageWaits }) => messageWaits ?? []);
    this.ringing = this.running.flatMap(({ rings }) => rings ?? []);
  }

  get calls(): readonly CallRules[] {
    return this.running.map(({ calls }) => calls);
  }

  /** A message waits for a device that has no connection. */
  readonly messageWaits = (device: DeviceRef): void => {
    for (const wait of this.waits) wait(device);
  };

  /** A call rings there. */
  readonly rings = (device: DeviceRef, gate: GateId): void => {
    for (const ring of this.ringing) ring(device, gate);
  };

  readonly eachMinute = (): void => {
    for (const { eachMinute } of this.running)
      if (eachMinute !== undefined) this.faults.guarded("a feature's minute", eachMinute);
  };

  counts(): Readonly<Record<string, number>> {
    return Object.assign({}, ...this.running.map(({ counts }) => counts?.() ?? {}));
  }

  stop(): void {
    for (const { stop } of this.running) stop?.();
  }
}
