/** Types of web-build.mjs. */
export declare const webDist: string;
export declare function ensureWebBuilt(): void;
export declare const stampPath: string;
export declare function buildWeb(tree: string, env: Readonly<Record<string, string>>, stdio?: "inherit"): string;
