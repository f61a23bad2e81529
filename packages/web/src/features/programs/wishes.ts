/** What a program may have if the person says yes (docs/spec/programs.md PR15, PR16), and how the app gets it. */
import type { Wish } from "@yanshu/mini";
import type { ProgramsId } from "./words.ts";

/** The question, what stands on the program's page, and what is told where it cannot be had. */
export const wishWords: Readonly<Record<Wish, { readonly asks: ProgramsId; readonly may: ProgramsId }>> = {
  name: { asks: "program.wantsName", may: "program.mayName" },
  place: { asks: "program.wantsPlace", may: "program.mayPlace" },
  clipboard: { asks: "program.wantsClipboard", may: "program.mayClipboard" },
  publisher: { asks: "program.wantsPublisher", may: "program.mayPublisher" },
};

const locateMsMax = 15_000;

/** @throws where the browser does not hand it out. */
export async function granted(what: Wish, name: string): Promise<Readonly<Record<string, unknown>>> {
  if (what === "name") return { name };
  if (what === "publisher") return {};
  if (what === "clipboard") return { text: await navigator.clipboard.readText() };
  const { coords } = await new Promise<GeolocationPosition>((resolve, reject) => {
    navigator.geolocation.getCurrentPosition(resolve, () => reject(new Error("no place")), { timeout: locateMsMax });
  });
  return { latitude: coords.latitude, longitude: coords.longitude, accuracy: coords.accuracy };
}
