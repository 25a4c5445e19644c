// SPDX-License-Identifier: ISC
//
// SameRequest: what else happened in the request of an EVENT: a web server may ask
// several times for one, and a request to manage something is checked itself.

import { href } from "../route.js";
import { count } from "../format.js";
import { Section } from "../ui/Page.jsx";
import { EventTable } from "./EventTable.jsx";

export function SameRequest({ event, members, names }) {
	if (event.same_request) {
		return event.same_request.length === 0 ? null :
			<Section title="Other entries of the same request"
				lead={`${count(event.same_request.length, "entry", "entries")}; ` +
					"the one above answers best what became of it."}>
				<EventTable events={event.same_request} query={{}}
					caption="Other entries of the same request"
					{...{ members, names }} />
			</Section>;
	}
	return event.request_id ?
		<p><a href={href("/refused", { request: event.request_id })}>
			All entries of the same request
		</a></p> : null;
}
