/**
 * Absent: parts of WeChat's that are not here (docs/spec/programs.md PR48). Programs make them where a page opens, and
 * most go on without: what they ask of them fails in WeChat's words, and `canIUse` says that they are not there.
 */
import type { Ending } from "./called.ts";

const why = "not supported";
/** What plays, records, shows and computes beside, by the calls that make it. */
const makers = [
  "createInnerAudioContext",
  "getBackgroundAudioManager",
  "getRecorderManager",
  "createVideoContext",
  "createCameraContext",
  "createLivePlayerContext",
  "createLivePusherContext",
  "createMapContext",
  "createWorker",
];
const methods = [
  "play",
  "pause",
  "stop",
  "resume",
  "start",
  "seek",
  "destroy",
  "requestFullScreen",
  "exitFullScreen",
  "sendDanmu",
  "playbackRate",
  "takePhoto",
  "startRecord",
  "stopRecord",
  "snapshot",
  "getCenterLocation",
  "moveToLocation",
  "includePoints",
  "translateMarker",
  "postMessage",
  "terminate",
];
const happenings = [
  "Canplay",
  "Play",
  "Pause",
  "Stop",
  "Ended",
  "TimeUpdate",
  "Waiting",
  "Seeking",
  "Seeked",
  "Start",
  "Message",
];
const strokes = [
  ..."save restore scale rotate translate transform setTransform clip beginPath closePath moveTo lineTo".split(" "),
  ..."bezierCurveTo quadraticCurveTo arc arcTo rect fill stroke fillRect strokeRect clearRect fillText".split(" "),
  ..."strokeText drawImage setFillStyle setStrokeStyle setFontSize setLineWidth setLineCap setLineJoin".split(" "),
  ..."setLineDash setMiterLimit setShadow setGlobalAlpha setTextAlign setTextBaseline clearActions".split(" "),
];
const cloudCalls = ["callFunction", "uploadFile", "downloadFile", "deleteFile", "getTempFileURL", "callContainer"];
const [steps, ends] = [
  ["collection", "doc", "where", "limit", "skip", "orderBy", "field", "aggregate"],
  ["get", "add", "update", "set", "remove", "count"],
];

const easings = "linear ease quad cubic poly sin circle exp elastic back bounce bezier cubicBezier in out inOut".split(
  " ",
);

const nothing = () => undefined;
const each = <T>(names: readonly string[], make: (name: string) => T): Record<string, T> =>
  Object.fromEntries(names.map((name) => [name, make(name)]));

const easing = (value: unknown) => value;

const canvas = () => ({
  ...each(strokes, () => nothing),
  measureText: () => ({ width: 0 }),
  createLinearGradient: () => ({ addColorStop: nothing }),
  createRadialGradient: () => ({ addColorStop: nothing }),
  createCircularGradient: () => ({ addColorStop: nothing }),
  createPattern: nothing,
  getActions: () => [],
  getImageData: () => ({ data: [], width: 0, height: 0 }),
  putImageData: nothing,
  draw: (_isKept: unknown, then: unknown) => typeof then === "function" && void setTimeout(then as () => void, 0),
});

/** What a program draws on shows nothing, and no picture for it is ever loaded. */
export function emptyCanvas(): Record<string, unknown> {
  return {
    width: 300,
    height: 150,
    getContext: (kind: unknown) => (kind === "2d" ? canvas() : null),
    createImage: () => ({}),
    createPath2D: () => each(strokes, () => nothing),
    requestAnimationFrame: () => 0,
    cancelAnimationFrame: nothing,
    toDataURL: () => "data:,",
  };
}

export function absentCalls(end: Ending): Record<string, unknown> {
  const fails = (name: string) => (options?: unknown) => end.fail(options, name, why);

  /** Its `onError` is called where something is asked of it: programs wait for one or the other. */
  function made(): Record<string, unknown> {
    const told: ((error: unknown) => void)[] = [];
    const method = (name: string) => (options?: unknown) => {
      for (const tell of told) setTimeout(() => tell({ errMsg: `${name}:fail ${why}`, errCode: -1 }), 0);
      return end.fail(options, name, why);
    };
    return {
      ...each(methods, method),
      ...each(
        happenings.flatMap((name) => [`on${name}`, `off${name}`]),
        () => nothing,
      ),
      onError: (tell: unknown) => typeof tell === "function" && void told.push(tell as (error: unknown) => void),
      offError: () => void told.splice(0),
      // A camera's pictures: what would begin them fails.
      onCameraFrame: () => ({ start: method("start"), stop: nothing }),
    };
  }

  const table = (): Record<string, unknown> => ({
    ...each(steps, () => table),
    ...each(ends, (name) => fails(`cloud.${name}`)),
    watch: () => ({ close: nothing }),
  });
  const command = each(
    ["eq", "neq", "lt", "lte", "gt", "gte", "in", "nin", "and", "or", "not", "exists", "inc", "push", "remove"],
    () => () => ({}),
  );

  return {
    ...each(makers, () => made),
    // What would move on the page that draws is where it goes to at once.
    worklet: {
      ...each(["timing", "spring", "decay"], () => (value: unknown) => value),
      shared: (value: unknown) => ({ value }),
      derived: (made: () => unknown) => ({
        get value() {
          return made();
        },
      }),
      runOnUI: (run: unknown) => run,
      runOnJS: (run: unknown) => run,
      // `bezier` alone gives no function, but what makes one.
      Easing: { ...each(easings, () => () => easing), bezier: () => ({ factory: () => easing }) },
    },
    /** Experiments that WeChat makes with its users. */
    getExptInfoSync: () => ({}),
    createCanvasContext: canvas,
    createContext: canvas,
    drawCanvas: nothing,
    cloud: {
      ...each(cloudCalls, (name) => fails(`cloud.${name}`)),
      init: nothing,
      database: () => ({ ...table(), command, serverDate: () => new Date(), RegExp: () => ({}) }),
    },
  };
}
