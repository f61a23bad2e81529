/** What one opens from “Me”: who one is, the devices, what is kept, the settings. One file, loaded ahead (build/chunks.ts). */
export { Favourites } from "../features/actions/favourites.tsx";
export { Devices } from "../features/devices/devices.tsx";
export { LinkDevice } from "../features/devices/link-device.tsx";
export { AskStrip } from "../features/family/ask-strip.tsx";
export { Family } from "../features/family/family.tsx";
export { PrivacyScreen } from "../features/identity/privacy.tsx";
export { Profile } from "../features/identity/profile.tsx";
export { Keeping } from "../features/keeping/keeping.tsx";
export { Notifications } from "../features/notices/notifications.tsx";
export { Stickers } from "../features/stickers/stickers.tsx";
export { MeScreen } from "../screens/me.tsx";
export { Settings } from "../screens/settings.tsx";
export { SignedOut } from "../screens/signed-out.tsx";
