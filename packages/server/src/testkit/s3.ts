/**
 * S3: as much of the protocol as a store of blobs asks of any provider, in memory and on loopback: put, get with a
 * range, delete, list by pages, each with a checked signature (AWS Signature Version 4). Where `YANSHU_TEST_S3` names a
 * real one, tests use that as well.
 */
import { createHash, createHmac } from "node:crypto";
import type { Server } from "bun";
import type { S3Place } from "../blobs/bun-s3.ts";
import { s3Place } from "../options.ts";

const keys = { accessKeyId: "test-key", secretAccessKey: "test-secret" };
const bucket = "messages";
/** Fewer than S3's thousand, so that a test sees the second page. */
const pageMax = 5;

/** A bucket of a real provider, for the same tests; what they store goes with them. */
export function realBucket(): S3Place | undefined {
  const { YANSHU_TEST_S3: url } = process.env;
  return url === undefined ? undefined : s3Place(url, process.env);
}

export class S3Fake {
  readonly objects = new Map<string, Uint8Array>();
  /** What is answered instead; `gone` ends the connection's request without an answer of S3. */
  trouble: "none" | "slow down" | "no room" | "gone" = "none";
  /** Requests so far, by method. */
  readonly asked = { GET: 0, PUT: 0, DELETE: 0 };
  private readonly server: Server<undefined>;

  constructor() {
    this.server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: (request) => this.answer(request) });
  }

  get place() {
    const endpoint = `http://127.0.0.1:${this.server.port}`;
    return { bucket, prefix: "home/", endpoint, region: "eu-test-1", ...keys };
  }

  /** As it is given to a server's `--blobs`. */
  get url(): string {
    return `s3://${bucket}/home?endpoint=${this.place.endpoint}&region=${this.place.region}`;
  }

  get environment(): Record<string, string> {
    return { AWS_ACCESS_KEY_ID: keys.accessKeyId, AWS_SECRET_ACCESS_KEY: keys.secretAccessKey };
  }

  /** Bytes that are held, of one blob or of all. */
  bytes(id = ""): number {
    return [...this.objects].reduce((sum, [key, { length }]) => sum + (key.includes(id) ? length : 0), 0);
  }

  async end(): Promise<void> {
    await this.server.stop(true);
  }

  private async answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const method = request.method as keyof typeof this.asked;
    this.asked[method]++;
    const body = new Uint8Array(await request.arrayBuffer());
    if (this.trouble === "gone") return new Response("", { status: 502 });
    if (this.trouble === "slow down") return refusal(503, "SlowDown");
    if (this.trouble === "no room" && method === "PUT") return refusal(507, "InsufficientStorage");
    const wrong = signatureFault(request, body);
    if (wrong !== undefined) return refusal(403, wrong);
    const [, asked, ...rest] = pathname.split("/");
    if (asked !== bucket) return refusal(404, "NoSuchBucket");
    const key = decodeURIComponent(rest.join("/"));
    return key === "" ? this.list(searchParams) : this.object(method, key, body, request.headers.get("range"));
  }

  private object(method: string, key: string, body: Uint8Array, range: string | null): Response {
    if (method === "PUT") {
      this.objects.set(key, body);
      return new Response(null, { headers: { etag: `"${sha256(body).slice(0, 32)}"` } });
    }
    if (method === "DELETE") {
      this.objects.delete(key);
      return new Response(null, { status: 204 });
    }
    const found = this.objects.get(key);
    if (found === undefined) return refusal(404, "NoSuchKey");
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range ?? "") ?? [];
    if (first === undefined || last === undefined) return new Response(found.slice());
    const end = Math.min(Number(last) + 1, found.length);
    if (Number(first) >= end) return refusal(416, "InvalidRange");
    const headers = { "content-range": `bytes ${first}-${end - 1}/${found.length}` };
    return new Response(found.slice(Number(first), end), { status: 206, headers });
  }

  private list(query: URLSearchParams): Response {
    const prefix = query.get("prefix") ?? "";
    const after = query.get("continuation-token") ?? query.get("start-after") ?? "";
    const all = [...this.objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
    const page = all.slice(0, Math.min(pageMax, Number(query.get("max-keys") ?? pageMax)));
    const isTruncated = page.length < all.length;
    const next = isTruncated ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : "";
    const contents = page.map((key) => `<Contents><Key>${key}</Key></Contents>`).join("");
    return new Response(
      `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><Name>${bucket}</Name><Prefix>${prefix}</Prefix>` +
        `<KeyCount>${page.length}</KeyCount><IsTruncated>${isTruncated}</IsTruncated>${next}${contents}</ListBucketResult>`,
      { headers: { "content-type": "application/xml" } },
    );
  }
}

function refusal(status: number, code: string): Response {
  const text = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;
  return new Response(text, { status, headers: { "content-type": "application/xml" } });
}

function sha256(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The code by which S3 refuses who does not know the secret; undefined of who does. */
function signatureFault(request: Request, body: Uint8Array): string | undefined {
  const given = request.headers.get("authorization") ?? "";
  const [, credential = "", signed = "", signature] =
    /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(given) ?? [];
  const [id, day = "", region = "", service = ""] = credential.split("/");
  if (id !== keys.accessKeyId) return "InvalidAccessKeyId";
  const said = request.headers.get("x-amz-content-sha256") ?? "";
  if (said !== "UNSIGNED-PAYLOAD" && said !== sha256(body)) return "XAmzContentSHA256Mismatch";
  const { pathname, searchParams } = new URL(request.url);
  const query = [...searchParams]
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort()
    .join("&");
  const headers = signed.split(";").map((name) => `${name}:${(request.headers.get(name) ?? "").trim()}\n`);
  const canonical = [request.method, pathname, query, headers.join(""), signed, said].join("\n");
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", request.headers.get("x-amz-date"), scope, sha256(canonical)].join("\n");
  const hmac = (key: Uint8Array | string, data: string) =>
    new Uint8Array(createHmac("sha256", key).update(data).digest());
  const key = [day, region, service, "aws4_request"].reduce<Uint8Array | string>(hmac, `AWS4${keys.secretAccessKey}`);
  return Buffer.from(hmac(key, text)).toString("hex") === signature ? undefined : "SignatureDoesNotMatch";
}

function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}
