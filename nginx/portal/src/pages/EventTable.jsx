// SPDX-License-Identifier: ISC
//
// EventTable: events and uses, a row each; what happened leads to all of it.

import { formatCode } from "../codes.js";
import { formatActor } from "../format.js";
import { href } from "../route.js";
import { Badge } from "../ui/Badge.jsx";
import { Table } from "../ui/Table.jsx";
import { Time } from "../ui/Time.jsx";

// What became of a use, or that it is an event.
export function Outcome({ event }) {
	if (event.kind === "event") return <Badge>Management</Badge>;
	return event.decision === "allowed" ? <Badge tone="good">Let in</Badge> :
		<Badge tone="bad">Refused</Badge>;
}

// What happened, in a few words.
export const titleOf = (event) => {
	if (event.kind === "event") return formatCode(event.event);
	return event.decision === "allowed" ? "Let in" : formatCode(event.code);
};

// What it happened to, if the event says so.
const objectOf = (event, members) => {
	if (event.kind === "use")
		return [event.method, event.site].filter(Boolean).join(" ");
	const { name, id, event: wanted } = event.detail;
	return name ?? members[event.member] ?? wanted ?? id ?? "";
};

function What({ event, query, members }) {
	return (
		<div class="what">
			<span>
				<a href={href(`/audit/${event.id}`, query)}>{titleOf(event)}</a>
				{event.repeated && <span class="muted"> (asked again)</span>}
			</span>
			<span class="muted">{objectOf(event, members)}</span>
		</div>
	);
}

const whoOf = (event, members, names) => event.kind === "event" ?
	formatActor(event.actor, members, names) :
	event.app && `App ${names[event.app] ?? event.app.slice(0, 8)}`;

export function EventTable({ events, query, members, names,
	caption = "Events and uses" }) {
	const columns = [
		{ id: "what", label: "What", head: true,
			cell: (event) => <What {...{ event, query, members }} /> },
		{ id: "outcome", label: "Outcome", cell: (event) => <Outcome event={event} /> },
		{ id: "who", label: "Who", cell: (event) =>
			whoOf(event, members, names) ?? <span class="muted">-</span> },
		{ id: "key", label: "Key", cell: (event) => event.key ?
			names[event.key] ?? <code>{event.key}</code> :
			<span class="muted">-</span> },
		{ id: "from", label: "From", cell: (event) => event.address ?
			<code class="address">{event.address}</code> :
			<span class="muted">-</span> },
		{ id: "at", label: "When", end: true, cell: (event) => <Time at={event.at} /> },
	];
	return <Table caption={caption} columns={columns} rows={events} />;
}
