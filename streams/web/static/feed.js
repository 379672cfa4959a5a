// Asks the worker for a JSON document and remembers it by its ETag, so that what did not change costs nothing.

const PATIENCE_MS = 8000;

export class Feed {
  constructor(url) {
    this.url = url;
    this.etag = null;
    this.data = null;
  }

  /** The document as it is now; null where the worker has none (404). Throws when the worker is away or fails. */
  async pull() {
    const headers = this.etag ? { "If-None-Match": this.etag } : {};
    const answer = await fetch(this.url, { headers, cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.status === 304) return this.data;
    if (answer.status === 404) {
      this.etag = null;
      this.data = null;
      return null;
    }
    if (!answer.ok) throw new Error(`it answers with ${answer.status}`);
    const data = await answer.json();
    this.etag = answer.headers.get("ETag");
    this.data = data;
    return data;
  }
}
