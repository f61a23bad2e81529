/**
 * Quiet: calls that programs make beside what they do, and that have nothing to do here (docs/spec/programs.md PR8).
 * They end as WeChat ends them, so that a program goes on; listeners are taken and never called.
 */
import { type Ending, optionsOf } from "./called.ts";

const done = [
  "showShareMenu",
  "hideShareMenu",
  "updateShareMenu",
  "showNavigationBarLoading",
  "hideNavigationBarLoading",
  "setKeepScreenOn",
  "setBackgroundColor",
  "setBackgroundTextStyle",
  "vibrateShort",
  "vibrateLong",
  "hideKeyboard",
  "hideHomeButton",
  "stopCompass",
  "stopAccelerometer",
  "stopGyroscope",
  "stopDeviceMotionListening",
];
const events = [
  "ThemeChange",
  "NetworkStatusChange",
  "MemoryWarning",
  "WindowResize",
  "KeyboardHeightChange",
  "UserCaptureScreen",
  "AppShow",
  "AppHide",
  "Error",
  "UnhandledRejection",
  "PageNotFound",
  "SocketOpen",
  "SocketMessage",
  "SocketClose",
  "SocketError",
  "CompassChange",
  "AccelerometerChange",
  "GyroscopeChange",
  "DeviceMotionChange",
];

export function quietCalls(end: Ending): Record<string, unknown> {
  const nothing = () => undefined;
  return {
    ...Object.fromEntries(done.map((name) => [name, (options: unknown) => end.ok(options, name)])),
    ...Object.fromEntries(
      events.flatMap((name) => [
        [`on${name}`, nothing],
        [`off${name}`, nothing],
      ]),
    ),
    /** No file is saved, so none is found. */
    getSavedFileList: (options: unknown) => end.ok(options, "getSavedFileList", { fileList: [] }),
    /** A socket that never opens: its listeners are taken, and the call fails. */
    connectSocket: (options: unknown) => {
      end.fail(withFail(options), "connectSocket", "no network");
      return { send: nothing, close: nothing, onOpen: nothing, onMessage: nothing, onClose: nothing, onError: nothing };
    },
  };
}

/** A call that returns a task returns no promise, which nobody would catch. */
function withFail(options: unknown): unknown {
  const given = optionsOf(options);
  return typeof given["fail"] === "function" ? given : { ...given, fail: () => undefined };
}
