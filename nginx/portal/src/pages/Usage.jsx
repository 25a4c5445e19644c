// SPDX-License-Identifier: ISC
//
// Usage: how many requests were let in and refused over time, of all keys, of one
// key, or of an app; and why those that were not.

import { useMemo } from "preact/hooks";

import * as api from "../api.js";
import { useKeyNames } from "../keynames.js";
import { formatNumber } from "../format.js";
import { useLoad } from "../load.js";
import { replace } from "../route.js";
import { SPANS, askFor, formatShare, spanOf, sumOf } from "../usage.js";
import { Chart } from "../ui/Chart.jsx";
import { Empty } from "../ui/Empty.jsx";
import { Loaded } from "../ui/Loaded.jsx";
import { Page, Section } from "../ui/Page.jsx";
import { Select } from "../ui/Select.jsx";
import { Time } from "../ui/Time.jsx";
import { Refusals } from "./Refusals.jsx";

const listOf = (names) => Object.entries(names)
	.sort(([, a], [, b]) => a.localeCompare(b, "en"));

const ofOptions = (of, names) => {
	const keys = listOf(names).map(([id, name]) => [`key=${id}`, name]);
	const [, id] = of.split("=");
	const known = of === "" || keys.some(([value]) => value === of);
	return [["", "All keys"],
		...(known ? [] : [[of, id]]),
		...(keys.length > 0 ? [{ label: "Keys", options: keys }] : [])];
};

function Choices({ query, names }) {
	const { key, app, span } = query;
	const of = key ? `key=${key}` : app ? `app=${app}` : "";
	const chooseOf = (value) => {
		const [name, id] = value.split("=");
		replace("/usage", { span, [name]: id });
	};
	return (
		<div class="filters card">
			<Select label="Requests with" value={of} onInput={chooseOf}
				options={ofOptions(of, names)} />
			<Select label="Time" value={spanOf(span).id}
				onInput={(id) => replace("/usage", { key, app, span: id })}
				options={SPANS.map((one) => [one.id, one.label])} />
		</div>
	);
}

function Tile({ name, value, note, tone }) {
	return (
		<div class={`tile ${tone ?? ""}`}>
			<dt>{name}</dt>
			<dd>{value}<span class="muted">{note}</span></dd>
		</div>
	);
}

function Tiles({ sum }) {
	const all = sum.allowed + sum.refused;
	return (
		<dl class="tiles">
			<Tile name="Requests" value={formatNumber(all)} />
			<Tile name="Let in" value={formatNumber(sum.allowed)}
				note={formatShare(sum.allowed, all)} />
			<Tile name="Refused" value={formatNumber(sum.refused)}
				tone={sum.refused > 0 ? "bad" : ""}
				note={formatShare(sum.refused, all)} />
		</dl>
	);
}

const seriesOf = (buckets) => [
	{ label: "Let in", tone: "info", values: buckets.map((one) => one.allowed) },
	{ label: "Refused", tone: "bad", values: buckets.map((one) => one.refused) },
];

function OverTime({ usage, label }) {
	const { buckets } = usage;
	const times = useMemo(() => buckets.map((one) => one.start), [buckets]);
	const series = useMemo(() => seriesOf(buckets), [buckets]);
	const per = usage.bucket === "hour" ? "hour" : "day";
	return (
		<Section title={`Requests by the ${per}`} lead={
			<>
				{per === "day" && "Days are those of UTC. "}
				{usage.known_until ?
					<>Counted up to <Time at={usage.known_until} exact />; the last
						{` ${per} is still under way.`}</> :
					"How far this is complete is not known: no program that " +
						"checks keys has told of itself."}
			</>}>
			<Chart times={times} series={series}
				caption={`Requests by the ${per}: ${label}`} />
		</Section>
	);
}

function Told({ usage, query, label }) {
	const sum = useMemo(() => sumOf(usage.buckets), [usage]);
	if (sum.allowed + sum.refused === 0)
		return (
			<Empty title="No requests in this time" icon="usage">
				<p>Look at a longer time, or at all keys. Requests show up about a
					second after they were answered.</p>
			</Empty>
		);
	return (
		<>
			<Tiles sum={sum} />
			<OverTime usage={usage} label={label} />
			<Refusals reasons={sum.reasons} refused={sum.refused} words={usage.reasons}
				query={{ key: query.key, app: query.app, since: usage.since }} />
		</>
	);
}

export function Usage({ query }) {
	const { key, app, span } = query;
	const names = useKeyNames();
	const usage = useLoad((signal) => api.get("/usage",
		{ key, app, ...askFor(spanOf(span)) }, signal), [key, app, span]);
	const label = `${spanOf(span).label}, ${names[key] ?? key ?? app ?? "all keys"}`;

	return (
		<Page title="Usage" lead={"How many requests came with your keys, and what " +
			"became of them. A request that is checked twice counts once."}>
			<Choices {...{ query, names }} />
			<Loaded from={usage} what="the numbers">
				{(data) => <Told usage={data} {...{ query, label }} />}
			</Loaded>
		</Page>
	);
}
