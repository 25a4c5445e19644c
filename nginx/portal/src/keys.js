// SPDX-License-Identifier: ISC
//
// keys: what can be asked of keys and done to them, as the management interface
// has it, and what can be told from what it answers.

import * as api from "./api.js";

export const DAY_SECONDS = 86400;

const pathOf = (id, rest = "") => `/keys/${encodeURIComponent(id)}${rest}`;

// One page of the list, for useList().
export const listKeys = async (cursor, signal) => {
	const data = await api.get("/keys", { limit: 100, cursor }, signal);
	return { items: data.keys, cursor: data.next_cursor,
		hasMore: data.has_more };
};

// {data, etag}: the etag is what changeKey() takes.
export const readKey = (id, signal) =>
	api.request("GET", pathOf(id), { signal });

// BUCKET is "hour" (of 24 hours) or "day" (of 30 days).
export const readUsage = (id, bucket, signal) =>
	api.get(pathOf(id, "/usage"), { bucket }, signal);

// BODY, as of all that follow, is what the interface takes; OPTIONS what
// api.request() does: proof, once, ifMatch. {data, status}.
export const makeKey = (body, options) =>
	api.request("POST", "/keys", { body, ...options });

export const rotateKey = (id, body, options) =>
	api.request("POST", pathOf(id, "/rotation"), { body, ...options });

export const changeKey = (id, body, options) =>
	api.request("PATCH", pathOf(id), { body, ...options });

export const revokeKey = (id, why) =>
	api.request("DELETE", pathOf(id), { query: { why } });

// Switches it on or off.
export const switchKey = (id, on) =>
	api.request(on ? "DELETE" : "POST", pathOf(id, "/disabled"));

export const endSecret = (id, version, force) =>
	api.request("DELETE", pathOf(id, `/secrets/${version}`),
		{ query: { force: force ? "true" : undefined } });

// The secrets that work, or will; newest first.
export const workingSecrets = (key) =>
	key.secrets.filter((one) => one.status !== "ended");

// {at, from} of the last use of any of its secrets; null: there was none.
export const lastUse = (key) => key.secrets.reduce((last, one) =>
	one.last_used_at && (!last || one.last_used_at > last.at) ?
		{ at: one.last_used_at, from: one.last_used_from } : last, null);

// The addresses that its secrets were last used from, each once.
export const addressesOf = (key) => [...new Set(key.secrets
	.map((one) => one.last_used_from).filter(Boolean))];

const RANKS = ["read", "write", "admin"];

const isLater = (after, before) => before !== null &&
	(after === null || new Date(after) > new Date(before));

// Whether CHANGE gives KEY what it had not; the server asks for a proof then,
// and has the last word: it knows which address ranges hold others.
export const widens = (key, change) =>
	RANKS.indexOf(change.role) > RANKS.indexOf(key.role) ||
	("expires_at" in change && isLater(change.expires_at, key.expires_at)) ||
	("allowed_ips" in change && key.allowed_ips.length > 0 &&
		(change.allowed_ips.length === 0 || change.allowed_ips.some((one) =>
			!key.allowed_ips.includes(one))));

// Whether the account cannot have another key, and why; null: it can.
export const refusalOf = ({ status, plan, keys }) => {
	if (status !== "active")
		return `The account is ${status}: no key works, and none can be made.`;
	if (!plan.self_service)
		return `The plan ${plan.name} does not include making keys. The ` +
			"provider of this service can make one for you, or change the " +
			"plan.";
	if (plan.max_keys !== null && keys >= plan.max_keys)
		return `The account has ${keys} of the ${plan.max_keys} keys that ` +
			`the plan ${plan.name} allows. Revoke one, or ask the provider ` +
			"of this service for another plan.";
	return null;
};
