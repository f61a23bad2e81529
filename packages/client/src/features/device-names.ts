/** What own devices are called: told to own devices, and to nobody else (docs/spec/web.md WE71). */
import { bodyLimits } from "@yanshu/content";
import { type DeviceId, toHex, type UnixMs } from "@yanshu/wire";
import type { DevicesApi } from "../api/devices.ts";
import { type Engine, ownOf } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import { type DeviceName, noteDeviceName, readDeviceNames } from "../sync/device-names.ts";
import { tellOwnDevices } from "../sync/own-devices.ts";

export function devicesApi(engine: Engine): DevicesApi {
  const { db, ports } = engine;

  function note(device: DeviceId, change: Partial<Pick<DeviceName, "made" | "name">>): void {
    const now = ports.nowMs();
    const held = readDeviceNames(db).find((one) => toHex(one.device) === toHex(device));
    const before = held ?? { device, made: "", name: "", sinceMs: now, stampMs: 0 };
    const next = { ...before, ...change, stampMs: Math.max(now, before.stampMs + 1) as UnixMs };
    db.transaction(() => {
      noteDeviceName(db, next);
      tellOwnDevices(engine, [{ kind: "deviceName", ...next }]);
    });
    engine.changed("devices");
    engine.kick();
  }

  return {
    async describeDevice(made) {
      if (engine.own === undefined) return;
      const { device } = ownOf(engine);
      const said = lineOf(made);
      const held = readDeviceNames(db).find((one) => toHex(one.device) === toHex(device));
      if (held?.made !== said) note(device, { made: said });
    },
    async renameDevice(hex, name) {
      const { account } = ownOf(engine);
      const found = engine.lists.devices(account).find(({ id }) => toHex(id) === hex);
      if (found === undefined) throw new ClientError("not-allowed");
      note(found.id, { name: lineOf(name) });
    },
  };
}

function lineOf(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\s]+/gu, " ")
    .trim()
    .slice(0, bodyLimits.nameMax)
    .toWellFormed();
}
