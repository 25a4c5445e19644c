// SPDX-License-Identifier: ISC
//
// Refusals: why requests were refused, the most frequent reason first, with what
// each means and what to do about it.

import { formatCode } from "../codes.js";
import { formatNumber } from "../format.js";
import { href } from "../route.js";
import { formatShare } from "../usage.js";
import { Section } from "../ui/Page.jsx";
import { Table } from "../ui/Table.jsx";

function Reason({ code, words }) {
	return (
		<div class="reason">
			<p><b>{formatCode(code)}</b> <code class="muted">{code}</code></p>
			<p>{words.explanation}</p>
			{words.mend && <p class="muted">{words.mend}</p>}
		</div>
	);
}

// WORDS has {explanation, mend} by code; QUERY is what the log is asked for.
export function Refusals({ reasons, refused, words, query }) {
	if (reasons.length === 0)
		return (
			<Section title="Refusals by reason">
				<p class="muted">Nothing was refused in this time.</p>
			</Section>
		);
	const columns = [
		{ id: "reason", label: "Reason", head: true, cell: ({ code }) =>
			<Reason code={code} words={words[code]} /> },
		{ id: "count", label: "Refused", end: true, cell: ({ count }) =>
			<span class="share">
				<b>{formatNumber(count)}</b>
				<span class="muted">{formatShare(count, refused)}</span>
				<meter min="0" max={refused} value={count} aria-hidden="true" />
			</span> },
		{ id: "log", label: "In the log", hidden: true, cell: ({ code }) =>
			<a class="see" href={href("/audit", { ...query, decision: code })}
				aria-label={`See these: ${formatCode(code)}`}>See these</a> },
	];
	return (
		<Section title="Refusals by reason">
			<Table caption="Refusals by reason" columns={columns} rows={reasons}
				rowKey={(row) => row.code} />
		</Section>
	);
}
