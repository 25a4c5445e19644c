// SPDX-License-Identifier: ISC
//
// keyform: what the fields of a key hold as people type it, and as the management
// interface takes it. What is not a number is sent as it is: the server says so.

import { DAY_SECONDS } from "../keys.js";

export const blankKey = (environment) => ({
	name: "", role: "read", environment, kind: "access_token", ends: "90",
	networks: "", perSecond: "", burst: "", quota: "",
});

const text = (number) => number === null || number === undefined ? "" :
	String(number);

// The fields of ROW, a key that there is; ENDS "keep" leaves its end alone.
export const fieldsOf = (row) => ({
	name: row.name, role: row.role, ends: "keep",
	networks: row.allowed_ips.join("\n"),
	perSecond: text(row.rate_limit?.per_second),
	burst: text(row.rate_limit?.burst),
	quota: text(row.daily_quota),
});

const number = (typed) => {
	const word = typed.trim();
	if (word === "") return undefined;
	return /^[0-9]{1,12}$/.test(word) ? Number(word) : word;
};

const rateOf = ({ perSecond, burst }) => {
	const rate = { per_second: number(perSecond), burst: number(burst) };
	return rate.per_second === undefined && rate.burst === undefined ? null :
		rate;
};

// NOW in milliseconds; undefined: as it is.
const endOf = (ends, now) => {
	if (ends === "keep") return undefined;
	return ends === "never" ? null :
		new Date(now + Number(ends) * DAY_SECONDS * 1000).toISOString();
};

const valuesOf = (fields, now) => ({
	name: fields.name.trim(),
	role: fields.role,
	expires_at: endOf(fields.ends, now),
	allowed_ips: fields.networks.split(/[\s,]+/).filter(Boolean),
	rate_limit: rateOf(fields),
	daily_quota: number(fields.quota) ?? null,
});

// The body of POST /keys.
export const newKeyOf = (fields, now) => ({
	...valuesOf(fields, now),
	environment: fields.environment.trim(),
	kind: fields.kind,
});

const isSame = (a, b) => JSON.stringify(a) === JSON.stringify(b);

// The body of PATCH /keys/{id}: what is not as ROW has it.
export const changeOf = (fields, row, now) => {
	const values = valuesOf(fields, now);
	return Object.fromEntries(Object.entries(values).filter(([name, value]) =>
		value !== undefined && !isSame(value, row[name])));
};
