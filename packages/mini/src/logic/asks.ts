/**
 * Asks: calls for what is the person's (docs/spec/programs.md PR15, PR16). The app asks the person in its own words,
 * and remembers a yes or a no; what comes back is in WeChat's shape.
 */
import type { Answers, Wish } from "../frame-messages.ts";
import { type Ending, optionsOf, type Result } from "./called.ts";
import type { ToApp } from "./storage.ts";

type Calls = Record<string, unknown>;

/** WeChat's names for what the app asks for by its own. */
const scopes: Readonly<Record<string, Wish>> = {
  "scope.userInfo": "name",
  "scope.userLocation": "place",
  "scope.userFuzzyLocation": "place",
};

/** @param answers what the person said before. */
export function askedCalls(app: ToApp, end: Ending, answers: Answers): Calls {
  const known = new Map(Object.entries(answers)) as Map<Wish, boolean>;

  async function want(what: Wish): Promise<Result> {
    try {
      const got = await app.ask({ kind: "want", what });
      known.set(what, true);
      return got;
    } catch (error) {
      known.set(what, false);
      throw error;
    }
  }

  async function name(): Promise<Result> {
    const { name: nickName } = await want("name");
    const userInfo = { nickName, avatarUrl: "", gender: 0, country: "", province: "", city: "", language: "zh_CN" };
    return { userInfo, rawData: JSON.stringify(userInfo), signature: "", encryptedData: "", iv: "" };
  }

  async function place(): Promise<Result> {
    const { latitude, longitude, accuracy } = await want("place");
    const rest = { speed: -1, altitude: 0, verticalAccuracy: 0, horizontalAccuracy: accuracy };
    return { latitude, longitude, accuracy, ...rest };
  }

  const settings = (): Result => ({
    authSetting: Object.fromEntries(
      Object.entries(scopes).flatMap(([scope, what]) => (known.has(what) ? [[scope, known.get(what)]] : [])),
    ),
  });

  async function pictures(options: unknown): Promise<readonly Chosen[]> {
    const { count } = optionsOf(options);
    const most = typeof count === "number" ? Math.min(9, Math.max(1, Math.floor(count))) : 9;
    const { files } = await app.ask({ kind: "pictures", count: most });
    return files as readonly Chosen[];
  }

  return {
    getUserProfile: (options: unknown) => end.later(options, "getUserProfile", name()),
    getUserInfo: (options: unknown) => end.later(options, "getUserInfo", name()),
    getLocation: (options: unknown) => end.later(options, "getLocation", place()),
    getFuzzyLocation: (options: unknown) => end.later(options, "getFuzzyLocation", place()),
    authorize: (options: unknown) => {
      const what = scopes[String(optionsOf(options)["scope"])];
      if (what === undefined) return end.fail(options, "authorize", "auth deny");
      return end.later(
        options,
        "authorize",
        want(what).then(() => ({})),
      );
    },
    getSetting: (options: unknown) => end.ok(options, "getSetting", settings()),
    /** What a program may is changed on its page, which the person opens by the capsule. */
    openSetting: (options: unknown) => end.ok(options, "openSetting", settings()),
    getClipboardData: (options: unknown) =>
      end.later(
        options,
        "getClipboardData",
        want("clipboard").then(({ text }) => ({ data: text })),
      ),
    setClipboardData: (options: unknown) =>
      end.later(options, "setClipboardData", app.ask({ kind: "copy", text: String(optionsOf(options)["data"]) })),
    chooseImage: (options: unknown) =>
      end.later(
        options,
        "chooseImage",
        pictures(options).then((all) => ({ tempFilePaths: all.map(({ path }) => path), tempFiles: all })),
      ),
    chooseMedia: (options: unknown) =>
      end.later(
        options,
        "chooseMedia",
        pictures(options).then((all) => ({
          type: "image",
          tempFiles: all.map(({ path, size }) => ({ tempFilePath: path, size, fileType: "image" })),
        })),
      ),
  };
}

/** A picture of the device, by a path that the frame gave it. */
type Chosen = { readonly path: string; readonly size: number };
