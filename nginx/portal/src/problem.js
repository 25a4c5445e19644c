// SPDX-License-Identifier: ISC
//
// problem: a request that was refused or failed, whatever it was.

// Refusals that say how signing in went; every other 401 ends the session.
const OF_SIGN_IN = new Set(["sign_in_failed", "totp_required",
	"totp_replayed", "proof_required", "proof_invalid"]);

export class Problem extends Error {
	// BODY is application/problem+json (RFC 9457); members it lacks have
	// defaults.
	constructor(status, body = {}, retryAfter = null) {
		super(body.detail ?? body.title ?? "The request failed.");
		this.name = "Problem";
		this.status = status;
		this.code = body.code ?? "unknown";
		this.title = body.title ?? "";
		this.detail = this.message;
		this.errors = body.errors ?? [];
		this.requestId = body.request_id ?? null;
		this.keyId = body.key_id ?? null;
		this.retryAfter = retryAfter;
	}

	// Whether nobody is signed in any more.
	get endsSession() {
		return this.status === 401 && !OF_SIGN_IN.has(this.code);
	}

	// What is wrong with the member NAME of the body; undefined: nothing.
	// A pointer below it ("#/allowed_ips/0") counts for it, too.
	of(name) {
		const at = `#/${name}`;
		const found = this.errors.filter(({ pointer }) =>
			pointer === at || pointer.startsWith(`${at}/`));
		return found.length > 0 ?
			found.map((one) => one.detail).join(" ") : undefined;
	}

	// As text for whoever is asked for help; nothing in it is secret.
	toText() {
		return [`code: ${this.code}`, `status: ${this.status}`,
			`detail: ${this.detail}`,
			...this.errors.map((e) => `${e.pointer}: ${e.detail}`),
			this.requestId && `request id: ${this.requestId}`]
			.filter(Boolean).join("\n");
	}
}

// No answer came, or none that can be read.
export const failure = (code, detail, status = 0) =>
	new Problem(status, { code, detail, title: "No answer" });
