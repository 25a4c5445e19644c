// SPDX-License-Identifier: ISC
//
// KeyUse: how often a key was let in and refused, over time.

import { useMemo } from "preact/hooks";

import { count, formatNumber } from "../format.js";
import { href } from "../route.js";
import { Chart } from "../ui/Chart.jsx";
import { Loaded } from "../ui/Loaded.jsx";
import { Section } from "../ui/Page.jsx";
import { Select } from "../ui/Select.jsx";

const SPANS = [["hour", "24 hours"], ["day", "30 days"]];

const sumOf = (buckets, name) => buckets.reduce((sum, one) =>
	sum + one[name], 0);

// [[code, number], ...], the most frequent first.
const refusalsOf = (buckets) => {
	const sums = {};
	for (const { refusals } of buckets)
		for (const [code, number] of Object.entries(refusals))
			sums[code] = (sums[code] ?? 0) + number;
	return Object.entries(sums).sort((a, b) => b[1] - a[1]);
};

function Refusals({ buckets }) {
	const found = refusalsOf(buckets);
	return found.length === 0 ? null : (
		<p>
			{"Refused: "}
			{found.map(([code, number], at) => (
				<span key={code}>
					{at > 0 && ", "}<code>{code}</code> {formatNumber(number)}
				</span>
			))}
			.
		</p>
	);
}

function Drawn({ usage }) {
	const { times, series } = useMemo(() => ({
		times: usage.buckets.map((one) => one.start),
		series: [
			{ label: "Let in", tone: "info",
				values: usage.buckets.map((one) => one.allowed) },
			{ label: "Refused", tone: "bad",
				values: usage.buckets.map((one) => one.refused) },
		],
	}), [usage]);
	const allowed = sumOf(usage.buckets, "allowed");
	const refused = sumOf(usage.buckets, "refused");
	if (allowed + refused === 0)
		return <p>No requests with this key in this time.</p>;
	const caption = `${count(allowed, "request")} let in, ` +
		`${formatNumber(refused)} refused`;
	return (
		<>
			<p>{caption}.</p>
			<Chart times={times} series={series} caption={caption} />
			<Refusals buckets={usage.buckets} />
		</>
	);
}

export function KeyUse({ id, usage, bucket, onBucket }) {
	return (
		<Section title="Use" actions={
			<Select label="Time" value={bucket} onInput={onBucket}
				options={SPANS} />
		}>
			<Loaded from={usage} what="its use">
				{(data) => <Drawn usage={data} />}
			</Loaded>
			<p class="actions">
				<a href={href("/audit", { key: id })}>In the audit log</a>
				<a href={href("/usage", { key: id })}>Usage</a>
			</p>
		</Section>
	);
}
