// SPDX-License-Identifier: ISC
//
// Explained: one event or use: what it means, what to do about it, and all that is
// known of it.

import { formatActor, formatNumber } from "../format.js";
import { href } from "../route.js";
import { Copy } from "../ui/Copy.jsx";
import { Facts } from "../ui/Facts.jsx";
import { Notice } from "../ui/Notice.jsx";
import { Section } from "../ui/Page.jsx";
import { Time } from "../ui/Time.jsx";
import { Outcome, titleOf } from "./EventTable.jsx";

function KeyFact({ event, names }) {
	return (
		<>
			<a href={href(`/keys/${event.key}`)}>{names[event.key] ?? event.key}</a>
			{event.secret_version && <span class="muted">
				its secret number {event.secret_version}
			</span>}
		</>
	);
}

// What both kinds have. A key may be gone from an event, an address be erased.
const commonFacts = (event, names) => [
	["When", <Time at={event.at} exact />],
	event.key && ["Key", <KeyFact event={event} names={names} />],
	event.address && ["From", <code>{event.address}</code>],
	event.request_id && ["Request id", <>
		<code>{event.request_id}</code>
		<Copy text={event.request_id} what="request id" />
	</>],
];

const useFacts = (event) => [
	["Answered", <span>{event.status} <code>{event.code}</code></span>],
	["Request", [event.method, event.site].filter(Boolean).join(" ")],
	event.app && ["App", <a href={href(`/apps/${event.app}`)}><code>{event.app}</code></a>],
	event.claimed_account && ["Account that was named",
		<code>{event.claimed_account}</code>],
	event.repeated && ["Counted", "no: the web server asked again for the same request"],
];

const eventFacts = (event, members, names) => [
	["Done by", formatActor(event.actor, members, names)],
	event.member && ["Done to", members[event.member] ?? `Member ${event.member}`],
	["Number in the chain", formatNumber(event.seq)],
	["Hash", <>
		<code class="hash">{event.hash}</code>
		<Copy text={event.hash} what="hash" />
	</>],
];

const textOf = (value) => {
	if (value === null) return "none";
	if (Array.isArray(value)) return value.map(textOf).join(", ") || "none";
	return typeof value === "object" ? JSON.stringify(value) : String(value);
};

function Detail({ detail }) {
	const items = Object.entries(detail).map(([name, value]) =>
		[name.replaceAll("_", " "), textOf(value)]);
	return items.length === 0 ? null :
		<Section title="Detail" lead="As it stood after the event."
			actions={<Copy text={JSON.stringify(detail, null, 2)}
				label="Copy JSON" />}>
			<Facts items={items} />
		</Section>;
}

// Where to look next.
function Onward({ event }) {
	const links = [
		event.key && [{ key: event.key }, "All about this key"],
		event.kind === "event" ?
			[{ event: event.event }, "All events of this kind"] :
			[{ decision: event.code === "ok" ? "allowed" : event.code },
				"All with this outcome"],
		event.address && [{ address: event.address }, "All from this address"],
		event.actor && [{ actor: event.actor }, "All by this actor"],
	].filter(Boolean);
	return (
		<ul class="onward">
			{links.map(([query, text]) => (
				<li key={text}><a href={href("/audit", query)}>{text}</a></li>
			))}
		</ul>
	);
}

// The answer itself, first of all.
function Meaning({ event }) {
	return (
		<>
			<p class="explanation">{event.explanation ??
				"This version does not know what that means."}</p>
			{event.mend && (
				<Notice tone={event.decision === "allowed" ? "good" : "info"}
					title={event.decision === "allowed" ? undefined : "What to do"}>
					<p>{event.mend}</p>
				</Notice>
			)}
		</>
	);
}

export function Explained({ event, members, names }) {
	const own = event.kind === "use" ? useFacts(event) :
		eventFacts(event, members, names);
	return (
		<>
			<Section title={titleOf(event)} actions={<Outcome event={event} />}>
				<Meaning event={event} />
				<Facts items={[...commonFacts(event, names), ...own]} />
				<Onward event={event} />
			</Section>
			{event.kind === "event" && <Detail detail={event.detail} />}
		</>
	);
}
