// SPDX-License-Identifier: ISC
//
// AuditEvent: one event or use of the log, by its id or by that of its request. The
// filter that led here is in the address, and leads back.

import * as api from "../api.js";
import { filterOf } from "../eventfilter.js";
import { useKeyNames } from "../keynames.js";
import { useLoad } from "../load.js";
import { useMembers } from "../members.js";
import { href } from "../route.js";
import { ButtonLink } from "../ui/Button.jsx";
import { Loaded } from "../ui/Loaded.jsx";
import { Page } from "../ui/Page.jsx";
import { Explained } from "./Explained.jsx";
import { SameRequest } from "./SameRequest.jsx";

export function AuditEvent({ params, query }) {
	const found = useLoad((signal) => api.get(
		`/audit-events/${encodeURIComponent(params.id)}`, {}, signal));
	const members = useMembers();
	const names = useKeyNames();

	return (
		<Page title="Entry of the log" actions={
			<ButtonLink href={href("/audit", filterOf(query))}>
				Back to the log
			</ButtonLink>}>
			<Loaded from={found} what="the entry">
				{(event) => (
					<>
						<Explained {...{ event, members, names }} />
						<SameRequest event={event} {...{ members, names }} />
					</>
				)}
			</Loaded>
		</Page>
	);
}
