/** Mini programs: packages, and messages of a program that runs. It imports no other package of ours (RO23). */
export { packageLimits } from "./format/limits.ts";
export { namesMore } from "./format/more.ts";
export { type Manifest, type Program, packageId, readPackage, type Tab } from "./format/package.ts";
export { linkToPlace, linkWithScene, placeIn, sceneIn } from "./format/place.ts";
export { readWebxdc, type WebxdcApp, webxdcPage } from "./format/webxdc.ts";
export type { PackageFault } from "./format/zip.ts";
export {
  type Answers,
  type Bar,
  type Begin,
  type Device,
  type FromApp,
  type FromProgram,
  frameLimits,
  type Modal,
  type PlacedUpdate,
  programMessage,
  requestMethods,
  type Self,
  type Update,
  type Wish,
  wishes,
} from "./frame-messages.ts";
export { meter } from "./view/meter.ts";
export {
  type FromWebxdc,
  type SentFile,
  type ToWebxdc,
  type Wanted,
  type WebxdcBegin,
  webxdcMessage,
} from "./webxdc-messages.ts";
