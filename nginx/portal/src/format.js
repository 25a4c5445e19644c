// SPDX-License-Identifier: ISC
//
// format: times and numbers as people read them. Times are RFC 3339 texts.

const number = new Intl.NumberFormat("en");
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const exact = new Intl.DateTimeFormat("en", {
	year: "numeric", month: "short", day: "numeric", hour: "2-digit",
	minute: "2-digit", second: "2-digit", hourCycle: "h23",
	timeZoneName: "short",
});
const day = new Intl.DateTimeFormat("en", { dateStyle: "medium" });

// The largest unit that fits, in seconds.
const UNITS = [["year", 31557600], ["month", 2629800], ["day", 86400],
	["hour", 3600], ["minute", 60], ["second", 1]];

export const formatNumber = (value) => number.format(value);

// "1 key", "2 keys".
export const count = (value, one, many = `${one}s`) =>
	`${number.format(value)} ${value === 1 ? one : many}`;

export const formatExact = (at) => exact.format(new Date(at));

export const formatDay = (at) => day.format(new Date(at));

// "3 hours ago", "in 2 days", "now".
export const formatRelative = (at, now = Date.now()) => {
	const seconds = (new Date(at).getTime() - now) / 1000;
	const [unit, size] = UNITS.find(([, length]) =>
		Math.abs(seconds) >= length) ?? ["second", 1];
	const units = seconds / size;
	return relative.format(units > 0 ? Math.round(units) : Math.trunc(units),
		unit);
};

// A length of time: "24 hours", "7 days", "90 seconds".
export const formatSpan = (seconds) => {
	const [unit, size] = UNITS.slice(2).find(([, length]) =>
		seconds >= length && seconds % length === 0) ?? ["second", 1];
	return count(seconds / size, unit);
};

// Whether AT, which may be null, is within the next (or last) SECONDS.
export const isWithin = (at, seconds, now = Date.now()) => {
	const away = new Date(at ?? NaN).getTime() - now;
	return seconds >= 0 ? away >= 0 && away <= seconds * 1000 :
		away <= 0 && away >= seconds * 1000;
};

// Who did it, as the API says: "member:7", "key:key_...", "app:...", "operator".
// MEMBERS has emails by number, NAMES what keys and apps are called, by id.
export const formatActor = (actor, members = {}, names = {}) => {
	const [kind, id] = (actor ?? "").split(":");
	if (kind === "member") return members[id] ?? `Member ${id}`;
	if (kind === "key") return `Key ${names[id] ?? id}`;
	if (kind === "app") return `App ${names[id] ?? id}`;
	return kind ? kind[0].toUpperCase() + kind.slice(1) : "";
};
