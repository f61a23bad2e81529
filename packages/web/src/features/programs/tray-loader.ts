/** The tray, loaded when it is opened. */
export const tray = { load: async () => (await import("./tray.tsx")).Tray, ready: undefined };
