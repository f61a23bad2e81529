/** How somebody comes here: from another device, with the recovery card, by a link or by their family. One file, loaded ahead (build/chunks.ts). */

export { OpenedLink } from "../features/contacts/opened-link.tsx";
export { LinkNew } from "../features/devices/link-new.tsx";
export { CameBackStrip } from "../features/identity/came-back.tsx";
export { Restore } from "../features/identity/restore.tsx";
export { WayBack } from "../features/identity/way-back.tsx";
export { Scan } from "../features/scan/scan.tsx";
