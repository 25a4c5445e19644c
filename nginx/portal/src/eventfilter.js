// SPDX-License-Identifier: ISC
//
// eventfilter: what is asked of the log, as the address has it (a QUERY: the very
// parameters of GET /audit-events) and as the fields of a form have it (a
// DRAFT). Nothing that looks like a key gets into an address.

import { formatCode } from "./codes.js";
import { formatActor, formatExact } from "./format.js";

const NAMES = ["kind", "event", "decision", "actor", "key", "app", "address",
	"request_id", "since", "until"];
// One field of the form is for all of these: no two go together.
const WHAT = ["event", "decision", "kind"];

// What QUERY asks for, nothing else.
export const filterOf = (query) => Object.fromEntries(NAMES
	.filter((name) => query[name]).map((name) => [name, query[name]]));

const pad = (number) => String(number).padStart(2, "0");

// A moment as fields of the type datetime-local have it.
const toLocal = (at) => {
	const date = new Date(at ?? NaN);
	return Number.isNaN(date.getTime()) ? "" :
		`${date.getFullYear()}-${pad(date.getMonth() + 1)}-` +
		`${pad(date.getDate())}T${pad(date.getHours())}:` +
		pad(date.getMinutes());
};

const fromLocal = (text) => text ? new Date(text).toISOString() : "";

export const draftOf = (query) => {
	const what = WHAT.find((name) => query[name]);
	return {
		what: what ? `${what}=${query[what]}` : "",
		actor: query.actor ?? "",
		key: query.key ?? "",
		app: query.app ?? "",
		address: query.address ?? "",
		request_id: query.request_id ?? "",
		time: query.since || query.until ? "between" : "",
		since: toLocal(query.since),
		until: toLocal(query.until),
	};
};

const timeOf = (draft, now) => {
	if (draft.time === "") return {};
	if (draft.time === "between")
		return {
			since: fromLocal(draft.since), until: fromLocal(draft.until),
		};
	return { since: new Date(now - Number(draft.time) * 1000).toISOString() };
};

export const queryOf = (draft, now = Date.now()) => {
	const [name, value] = draft.what.split("=");
	const words = Object.fromEntries(["actor", "key", "app", "address",
		"request_id"].map((one) => [one, draft[one].trim()]));
	return filterOf({ ...words, [name]: value, ...timeOf(draft, now) });
};

const SHAPES = {
	key: [/^key_[0-9A-Za-z]{16}$/, "This is no id of a key, which is key_ and " +
		"16 characters. A key itself never belongs here."],
	app: [/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
		"This is no GUID of an app."],
	address: [/^[0-9a-fA-F.:]{2,45}(\/[0-9]{1,3})?$/,
		"This is no network address, such as 192.0.2.7 or 2001:db8::/32."],
	request_id: [/^[0-9A-Za-z-]{1,64}$/, "This is no id of a request, which " +
		"has no underscore. A key itself never belongs here."],
};

// What is wrong with the fields: {name: text}; empty if nothing is.
export const errorsOf = (draft) => {
	const errors = {};
	for (const [name, [shape, text]] of Object.entries(SHAPES)) {
		const value = draft[name].trim();
		if (value && !shape.test(value)) errors[name] = text;
	}
	if (draft.time === "between" && draft.since && draft.until &&
		draft.since >= draft.until)
		errors.until = "This is not after the beginning.";
	return errors;
};

const LABELS = {
	kind: "What", event: "What", decision: "Decision", actor: "Who", key: "Key",
	app: "App", address: "From", request_id: "Request", since: "Since",
	until: "Until",
};

export const formatKind = (kind) =>
	kind === "use" ? "Uses of keys" : "Management";

export const formatDecision = (decision) =>
	decision === "allowed" ? "Let in" : formatCode(decision);

// [{name, label, text}] of what QUERY asks for, for people.
export const partsOf = (query, members, keys) => {
	const texts = {
		kind: formatKind,
		event: formatCode,
		decision: formatDecision,
		actor: (actor) => formatActor(actor, members, keys),
		key: (id) => keys[id] ?? id,
		since: formatExact,
		until: formatExact,
	};
	return Object.entries(filterOf(query)).map(([name, value]) => ({
		name, label: LABELS[name], text: (texts[name] ?? String)(value),
	}));
};
