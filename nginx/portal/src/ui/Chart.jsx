// SPDX-License-Identifier: ISC
//
// Chart: numbers over time as columns, one on the other, and as a table. TIMES are
// the RFC 3339 starts of the buckets, SERIES [{label, values, tone}, ...] with
// tone "good", "bad", "info" or "warn". A column is read by pointing at it, or with
// the arrow keys.

import { useMemo, useState } from "preact/hooks";

import { formatNumber } from "../format.js";
import { formatTick, marksOf, ticksOf, timesOf } from "./axis.js";
import { Table } from "./Table.jsx";

// Of the times along the axis; fewer on a phone.
const LABELS = 6;

const sum = (values) => values.reduce((all, value) => all + value, 0);

// The columns of series number AT on those before it, as a path in a picture that is
// as wide as there are buckets, and TOP high.
const columns = (series, at, top) => series[at].values.map((value, x) => {
	const below = sum(series.slice(0, at).map((one) => one.values[x]));
	return value === 0 ? "" : `M${x + 0.12} ${top - below}v${-value}h0.76` +
		`v${value}z`;
}).join("");

function Picture({ series, ticks, chosen }) {
	const top = ticks.at(-1);
	const width = series[0].values.length;
	return (
		<svg viewBox={`0 0 ${width} ${top}`} preserveAspectRatio="none"
			aria-hidden="true">
			{chosen !== null && <rect class="chart-chosen" x={chosen} y="0"
				width="1" height={top} />}
			<path class="chart-grid" vector-effect="non-scaling-stroke"
				d={ticks.map((y) => `M0 ${top - y}h${width}`).join("")} />
			{series.map((one, at) => (
				<path key={one.label} class={`column tone-${one.tone}`}
					d={columns(series, at, top)} />
			))}
		</svg>
	);
}

const KEYS = {
	ArrowLeft: (at) => at - 1, ArrowRight: (at) => at + 1,
	ArrowDown: (at) => at - 1, ArrowUp: (at) => at + 1,
	Home: () => 0, End: (at, last) => last,
};

function Plot({ caption, last, value, chosen, onChoose, children }) {
	const pointed = (event) => {
		const box = event.currentTarget.getBoundingClientRect();
		const at = (event.clientX - box.left) / box.width * (last + 1);
		onChoose(Math.max(0, Math.min(last, Math.floor(at))));
	};
	const keyed = (event) => {
		if (!KEYS[event.key]) return;
		event.preventDefault();
		const next = KEYS[event.key](chosen ?? last + 1, last);
		onChoose(Math.max(0, Math.min(last, next)));
	};
	return (
		<div class="chart-plot" tabIndex={0} role="slider" aria-label={caption}
			aria-valuemin={0} aria-valuemax={last} aria-valuetext={value}
			aria-valuenow={chosen ?? last} onPointerMove={pointed}
			onPointerDown={pointed} onPointerLeave={() => onChoose(null)}
			onKeyDown={keyed} onBlur={() => onChoose(null)}>
			{children}
		</div>
	);
}

function Scale({ times, ticks, words }) {
	const top = ticks.at(-1);
	return (
		<>
			<div class="chart-y" aria-hidden="true">
				{ticks.map((tick) => (
					<span key={tick} style={{ bottom: `${tick / top * 100}%` }}>
						{formatTick(tick)}
					</span>
				))}
			</div>
			<div class="chart-x" aria-hidden="true">
				{marksOf(times, LABELS).map((x) => (
					<span key={times[x]} style={{
						left: `${(x + 0.5) / times.length * 100}%`,
					}}>{words.short(times[x])}</span>
				))}
			</div>
		</>
	);
}

function Legend({ series }) {
	return (
		<ul class="legend">
			{series.map((one) => (
				<li key={one.label} class={`tone-${one.tone}`}>
					{one.label}: {formatNumber(sum(one.values))}
				</li>
			))}
		</ul>
	);
}

function Numbers({ times, series, caption, words }) {
	const rows = times.map((at, x) => ({
		at, values: series.map((one) => one.values[x]),
	})).filter((row) => sum(row.values) > 0);
	const cells = series.map((one, at) => ({
		id: one.label, label: one.label, end: true,
		cell: (row) => formatNumber(row.values[at]),
	}));
	return rows.length === 0 ? <p>All numbers are 0.</p> :
		<Table caption={caption} rows={rows} rowKey={(row) => row.at}
			columns={[{ id: "at", label: "Time", head: true,
				cell: (row) => words.long(row.at) }, ...cells]} />;
}

export function Chart({ times, series, caption }) {
	const [chosen, setChosen] = useState(null);
	const [open, setOpen] = useState(false);
	const words = useMemo(() => timesOf(times), [times]);
	const ticks = useMemo(() => ticksOf(Math.max(0, ...times.map((_, x) =>
		sum(series.map((one) => one.values[x]))))), [times, series]);
	// A column that is not there any more is not chosen.
	const at = chosen !== null && chosen < times.length ? chosen : null;
	const value = at === null ? "Point at a column, or use the arrow keys." :
		`${words.long(times[at])}: ` + series.map((one) =>
			`${formatNumber(one.values[at])} ${one.label.toLowerCase()}`)
			.join(", ");
	return (
		<figure class="chart">
			<p class="chart-value">{value}</p>
			<div class="chart-place">
				<Plot caption={caption} last={times.length - 1} value={value}
					chosen={at} onChoose={setChosen}>
					<Picture series={series} ticks={ticks} chosen={at} />
				</Plot>
				<Scale times={times} ticks={ticks} words={words} />
			</div>
			<Legend series={series} />
			<details onToggle={(event) => setOpen(event.currentTarget.open)}>
				<summary>The same as a table</summary>
				{open && <Numbers {...{ times, series, caption, words }} />}
			</details>
		</figure>
	);
}
