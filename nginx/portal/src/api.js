// SPDX-License-Identifier: ISC
//
// api: the management interface; nothing else calls fetch. The session is a
// cookie that scripts cannot read; the CSRF token lives here, in memory.

import { Problem, failure } from "./problem.js";

const BASE = "/hasp/v1";
// nginx gives up after 30 s.
const TIMEOUT_MS = 35000;

let csrf = null;
let onSignedOut = () => {};

// The token that changes are sent with; null: nobody is signed in.
export const setCsrf = (token) => {
	csrf = token;
};

// Whether somebody is signed in, as far as is known.
export const hasCsrf = () => csrf !== null;

// CALLBACK is told when an answer says that nobody is signed in.
export const whenSignedOut = (callback) => {
	onSignedOut = callback;
};

// The address of PATH with the members of QUERY that are neither undefined,
// null nor empty. It is for links, too: downloads need no script.
export const address = (path, query = {}) => {
	const search = new URLSearchParams();
	for (const [name, value] of Object.entries(query)) {
		if (value !== undefined && value !== null && value !== "")
			search.append(name, value);
	}
	const text = search.toString();
	return BASE + path + (text ? `?${text}` : "");
};

// A new value for the option `once`: whoever tries again sends the same.
export const newOnce = () => Array.from(
	crypto.getRandomValues(new Uint8Array(16)),
	(byte) => byte.toString(16).padStart(2, "0")).join("");

const headersOf = (method, { body, proof, once, ifMatch, prefer }) => {
	const headers = { Accept: "application/json" };
	if (body !== undefined) headers["Content-Type"] = "application/json";
	if (csrf && method !== "GET") headers["X-CSRF-Token"] = csrf;
	if (proof) headers["X-Hasp-Proof"] = proof;
	if (once) headers["Idempotency-Key"] = once;
	if (ifMatch) headers["If-Match"] = ifMatch;
	if (prefer) headers.Prefer = prefer;
	return headers;
};

const parsed = async (response) => {
	const text = await response.text();
	if (text === "") return null;
	try {
		return JSON.parse(text);
	} catch {
		throw failure("unreadable", "The server answered with something " +
			"else than JSON.", response.status);
	}
};

const fetched = async (method, url, options) => {
	const limit = AbortSignal.timeout(options.timeout ?? TIMEOUT_MS);
	try {
		return await fetch(url, {
			method,
			headers: headersOf(method, options),
			body: options.body === undefined ? undefined :
				JSON.stringify(options.body),
			credentials: "same-origin",
			cache: "no-store",
			redirect: "error",
			signal: options.signal ?
				AbortSignal.any([limit, options.signal]) : limit,
		});
	} catch (error) {
		if (options.signal?.aborted) throw error;
		throw limit.aborted ?
			failure("timeout", "The server did not answer in time.") :
			failure("unreachable", "The server could not be reached. " +
				"Check the network and try again.");
	}
};

// One request. OPTIONS: query, body (made JSON), proof, once, ifMatch, prefer,
// signal, timeout (ms). What comes back is {data, etag, status}; what is
// refused is thrown as a Problem. An aborted SIGNAL throws what fetch throws.
export const request = async (method, path, options = {}) => {
	const response = await fetched(method, address(path, options.query),
		options);
	if (!response.ok) {
		const body = await parsed(response).catch(() => null);
		const problem = new Problem(response.status, body ?? undefined,
			Number(response.headers.get("Retry-After")) || null);
		if (problem.endsSession) onSignedOut(problem);
		throw problem;
	}
	return {
		data: await parsed(response),
		etag: response.headers.get("ETag"),
		status: response.status,
	};
};

// What is at PATH, alone.
export const get = async (path, query, signal) =>
	(await request("GET", path, { query, signal })).data;
