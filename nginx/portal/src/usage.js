// SPDX-License-Identifier: ISC
//
// usage: how many requests there were, by the hour or the day, and what became of
// them, as GET /usage tells it.

// The spans to choose from: {id, label, bucket, seconds}.
export const SPANS = [
	{ id: "24h", label: "Last 24 hours", bucket: "hour", seconds: 86400 },
	{ id: "7d", label: "Last 7 days", bucket: "hour", seconds: 604800 },
	{ id: "30d", label: "Last 30 days", bucket: "day", seconds: 2592000 },
	{ id: "90d", label: "Last 90 days", bucket: "day", seconds: 7776000 },
	{ id: "365d", label: "Last 365 days", bucket: "day", seconds: 31536000 },
];

export const spanOf = (id) => SPANS.find((one) => one.id === id) ?? SPANS[0];

// The part of the query of /usage that asks for SPAN: whole buckets, the last of
// which is under way.
export const askFor = ({ bucket, seconds }, now = Date.now()) => {
	const step = bucket === "hour" ? 3600000 : 86400000;
	const since = now - seconds * 1000 + step;
	return { bucket, since: new Date(since - since % step).toISOString() };
};

// {allowed, refused, reasons: [{code, count}, ...]} of all BUCKETS, the most
// frequent reason first.
export const sumOf = (buckets) => {
	const reasons = new Map();
	let allowed = 0;
	let refused = 0;
	for (const bucket of buckets) {
		allowed += bucket.allowed;
		refused += bucket.refused;
		for (const [code, number] of Object.entries(bucket.refusals))
			reasons.set(code, (reasons.get(code) ?? 0) + number);
	}
	return {
		allowed, refused,
		reasons: [...reasons].map(([code, number]) => ({ code, count: number }))
			.sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1)),
	};
};

// "12 %", "0.3 %", "less than 0.1 %".
export const formatShare = (part, whole) => {
	const share = whole === 0 ? 0 : part / whole * 100;
	if (share > 0 && share < 0.1) return "less than 0.1 %";
	return `${share >= 10 || share === 0 ? Math.round(share) :
		share.toFixed(1)} %`;
};
