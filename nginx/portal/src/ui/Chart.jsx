// SPDX-License-Identifier: ISC
//
// Chart: numbers over time, drawn, and as a table for whoever prefers one. TIMES are
// the RFC 3339 starts of the buckets, SERIES [{label, values, tone}, ...] with
// tone "good", "bad", "info" or "warn"; ONE names what is counted.

import { useEffect, useRef, useState } from "preact/hooks";

import { formatExact, formatNumber } from "../format.js";
import { Table } from "./Table.jsx";

// The library comes when the first chart does.
function Drawing({ times, series, caption }) {
	const place = useRef(null);
	const [failed, setFailed] = useState(false);

	useEffect(() => {
		let plot = null;
		let gone = false;
		import("./plot.js").then(({ Plot }) => {
			if (!gone) plot = new Plot(place.current, times, series);
		}, () => setFailed(true));
		return () => {
			gone = true;
			plot?.end();
		};
	}, [times, series]);
	return failed ?
		<p class="muted">The drawing could not be loaded; see the table.</p> :
		<div class="chart-place" ref={place} role="img" aria-label={caption} />;
}

const columnsOf = (series) => [
	{ id: "at", label: "Time", head: true, cell: (row) => formatExact(row.at) },
	...series.map((one, at) => ({
		id: one.label, label: one.label, end: true,
		cell: (row) => formatNumber(row.values[at]),
	})),
];

function Numbers({ times, series, caption }) {
	const rows = times.map((at, index) => ({
		at, values: series.map((one) => one.values[index]),
	})).filter((row) => row.values.some((value) => value > 0));
	return rows.length === 0 ? <p>All numbers are 0.</p> :
		<Table caption={caption} columns={columnsOf(series)} rows={rows}
			rowKey={(row) => row.at} />;
}

export function Chart({ times, series, caption }) {
	const [open, setOpen] = useState(false);
	return (
		<figure class="chart">
			<Drawing {...{ times, series, caption }} />
			<ul class="legend">
				{series.map((one) => (
					<li key={one.label} class={`tone-${one.tone}`}>{one.label}</li>
				))}
			</ul>
			<details onToggle={(event) => setOpen(event.currentTarget.open)}>
				<summary>The same as a table</summary>
				{open && <Numbers {...{ times, series, caption }} />}
			</details>
		</figure>
	);
}
