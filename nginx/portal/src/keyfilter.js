// SPDX-License-Identifier: ISC
//
// keyfilter: which keys of a list are shown, and in which order.

import { lastUse } from "./keys.js";

export const STATUSES = [["", "All but revoked"], ["all", "All"],
	["active", "Active"], ["disabled", "Disabled"], ["expired", "Expired"],
	["not_yet_valid", "Not yet valid"], ["revoked", "Revoked"],
	["legacy", "Legacy"]];

export const ORDERS = [["", "Newest first"], ["name", "Name"],
	["used", "Last used"], ["ends", "Ends soonest"]];

// What somebody pasted may be a whole key: its last four characters find it.
const KEY_TEXT = /^[a-z][a-z0-9]{1,11}_[a-z0-9]{1,12}_[0-9A-Za-z]{34}([0-9A-Za-z]{4})$/;

const isFound = (key, text) => {
	const tail = KEY_TEXT.exec(text)?.[1];
	if (tail) return key.secrets.some((one) => one.last_four === tail);
	const wanted = text.toLowerCase();
	return [key.name, key.hint, key.id].some((one) =>
		one.toLowerCase().includes(wanted));
};

const hasStatus = (key, status, kept) => {
	if (status === "all") return true;
	if (status === "") return key.status !== "revoked" || kept.has(key.id);
	if (status === "legacy") return key.kind === "api_key";
	return key.status === status;
};

const byText = new Intl.Collator("en", { numeric: true });
// What has none comes last.
const FAR = "9999";

const COMPARE = {
	"": (a, b) => b.created_at.localeCompare(a.created_at),
	name: (a, b) => byText.compare(a.name, b.name),
	used: (a, b) => (lastUse(b)?.at ?? "").localeCompare(
		lastUse(a)?.at ?? ""),
	ends: (a, b) => (a.expires_at ?? FAR).localeCompare(b.expires_at ?? FAR),
};

// KEYS are in the order in which they were made, which a second does not tell.
// WANTED is {text, role, environment, status, order}, "" each for any; keys
// whose id is in KEPT are shown although they are revoked.
export const filterKeys = (keys, wanted, kept) => keys.filter((key) =>
	hasStatus(key, wanted.status, kept) &&
	(wanted.role === "" || key.role === wanted.role) &&
	(wanted.environment === "" || key.environment === wanted.environment) &&
	(wanted.text === "" || isFound(key, wanted.text)))
	.reverse().sort(COMPARE[wanted.order] ?? COMPARE[""]);

export const environmentsOf = (keys) =>
	[...new Set(keys.map((key) => key.environment))].sort();
