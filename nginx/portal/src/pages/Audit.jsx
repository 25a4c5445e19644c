// SPDX-License-Identifier: ISC
//
// Audit: what happened in the account, newest first: what was managed, and what
// keys were used for.

import * as api from "../api.js";
import { filterOf } from "../eventfilter.js";
import { useKeyNames } from "../keynames.js";
import { useList } from "../load.js";
import { useMembers } from "../members.js";
import { go } from "../route.js";
import { ButtonLink } from "../ui/Button.jsx";
import { Empty } from "../ui/Empty.jsx";
import { Page } from "../ui/Page.jsx";
import { Pager } from "../ui/Pager.jsx";
import { ChainState } from "./ChainState.jsx";
import { EventFilter } from "./EventFilter.jsx";
import { EventTable } from "./EventTable.jsx";

const useEvents = (query) => useList(async (cursor, signal) => {
	const data = await api.get("/audit-events", { ...query, cursor }, signal);
	return {
		items: data.events, cursor: data.next_cursor, hasMore: data.has_more,
	};
}, [JSON.stringify(query)]);

// Of exactly what the filter leaves; the browser fetches it by itself.
function Exports({ query }) {
	const link = (format) => api.address("/audit-events", { ...query, format });
	return (
		<>
			<ButtonLink icon="download" href={link("csv")} download>
				Export CSV
			</ButtonLink>
			<ButtonLink icon="download" href={link("jsonl")} download>
				Export JSON Lines
			</ButtonLink>
		</>
	);
}

function Found({ list, query, members, names }) {
	const asked = Object.keys(query).length > 0;
	if (list.items.length === 0 && !list.loading && !list.problem && !list.hasMore)
		return (
			<Empty title={asked ? "Nothing fits the filter" : "Nothing happened yet"}
				icon="audit">
				<p>{asked ? "Take something off the filter, or look at another " +
					"time. Uses show up about a second after they happened." :
					"What people and keys do will be here."}</p>
			</Empty>
		);
	return (
		<>
			{list.items.length > 0 && (
				<div class="table-box">
					<EventTable events={list.items} {...{ query, members, names }} />
				</div>
			)}
			<Pager list={list} one="entry" many="entries" />
		</>
	);
}

export function Audit({ query }) {
	const asked = filterOf(query);
	const list = useEvents(asked);
	const members = useMembers();
	const names = useKeyNames();

	return (
		<Page title="Audit log" actions={<Exports query={asked} />}
			lead={"What was managed and what keys were used for, newest first. " +
				"An export has all that passes the filter."}>
			<ChainState />
			<EventFilter query={asked} onChange={(next) => go("/audit", next)}
				{...{ members, names }} />
			<Found query={asked} {...{ list, members, names }} />
		</Page>
	);
}
