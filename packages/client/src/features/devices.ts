/**
 * Names of own devices (docs/spec/web.md WE71): a device's type, and the person's name for it; synced to own devices
 * only.
 */
import { fieldLimits } from "@yanshu/content";
import { type DeviceId, toHex, type UnixMs } from "@yanshu/wire";
import { ClientError, clientFeature, type Hex } from "../feature.ts";
import { type DeviceName, noteDeviceName, readDeviceNames } from "../values/device-names.ts";

type DevicesApi = {
  /** Sets this device's type, such as `Chrome · Windows`; sent to own devices only. */
  readonly describeDevice: (made: string) => Promise<void>;
  /** Names an own device; empty deletes the name. Rejects with `not-allowed`. */
  readonly renameDevice: (device: Hex, name: string) => Promise<void>;
};

function lineOf(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\s]+/gu, " ")
    .trim()
    .slice(0, fieldLimits.nameMax)
    .toWellFormed();
}

export const devices = clientFeature({
  kinds: ["deviceName"],

  synced: {
    deviceName: {
      size: "account",
      isInRecord: true,
      all: ({ db }) => readDeviceNames(db).map((one) => ({ kind: "deviceName", ...one })),
      take: ({ db, changed }, { device, made, name, sinceMs, stampMs }) => {
        const next = { device, made, name, sinceMs: sinceMs as UnixMs, stampMs: stampMs as UnixMs };
        if (noteDeviceName(db, next)) changed("devices");
      },
    },
  },

  api: ({ db, nowMs, isHome, device, devices: own, changed, sendSoon, tellOwnDevices }): DevicesApi => {
    function note(of: DeviceId, change: Partial<Pick<DeviceName, "made" | "name">>): void {
      const now = nowMs();
      const held = readDeviceNames(db).find((one) => toHex(one.device) === toHex(of));
      const before = held ?? { device: of, made: "", name: "", sinceMs: now, stampMs: 0 };
      const next = { ...before, ...change, stampMs: Math.max(now, before.stampMs + 1) as UnixMs };
      db.transaction(() => {
        noteDeviceName(db, next);
        tellOwnDevices([{ kind: "deviceName", ...next }]);
      });
      changed("devices");
      sendSoon();
    }

    return {
      async describeDevice(made) {
        if (!isHome()) return;
        const said = lineOf(made);
        const held = readDeviceNames(db).find((one) => toHex(one.device) === toHex(device()));
        if (held?.made !== said) note(device(), { made: said });
      },
      async renameDevice(hex, name) {
        const found = own().find((id) => toHex(id) === hex);
        if (found === undefined) throw new ClientError("not-allowed");
        note(found, { name: lineOf(name) });
      },
    };
  },
});
