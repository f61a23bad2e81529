/** Linking a new device, from one that is here. */
export { LinkDevice } from "./link-device.tsx";
