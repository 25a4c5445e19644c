// SPDX-License-Identifier: ISC
//
// KeyStatus: what there is to know about a key at a glance. An active key that is
// like all others has no badge in lists.

import { formatDay, formatRelative, isWithin } from "../format.js";
import { DAY_SECONDS, workingSecrets } from "../keys.js";
import { Badge } from "../ui/Badge.jsx";
import { Time } from "../ui/Time.jsx";

const SOON_SECONDS = 14 * DAY_SECONDS;

const STATES = {
	active: ["good", "Active"],
	disabled: ["off", "Disabled"],
	not_yet_valid: ["time", "Not yet valid"],
	expired: ["bad", "Expired"],
	revoked: ["off", "Revoked"],
};

const KINDS = { api_key: "Legacy", app_token: "App" };

function Kind({ row }) {
	if (row.kind === "access_token") return null;
	const since = row.deprecation &&
		`Deprecated as of ${formatDay(row.deprecation.deprecated_at)}`;
	return (
		<Badge tone={row.deprecation ? "warn" : "tag"} title={since || undefined}>
			{KINDS[row.kind] ?? row.kind}
		</Badge>
	);
}

export function KeyStatus({ row, always = false }) {
	const [tone, word] = STATES[row.status] ?? ["info", row.status];
	const works = row.status === "active";
	return (
		<span class="badges">
			{(always || !works) &&
				<Badge tone={tone === "time" ? "info" : tone} icon={tone}>
					{word}
				</Badge>}
			<Kind row={row} />
			{works && workingSecrets(row).length > 1 &&
				<Badge tone="info" icon="time">Rotating</Badge>}
		</span>
	);
}

// When it ends, with a badge if that is near or past.
export function KeyExpiry({ row }) {
	const at = row.expires_at;
	if (!at || row.status === "revoked") return <Time at={at} />;
	if (row.status === "expired")
		return <Badge tone="bad"><Time at={at} /></Badge>;
	if (isWithin(at, SOON_SECONDS))
		return <Badge tone="warn" icon="time"><Time at={at} /></Badge>;
	return <Time at={at} />;
}

// The same in a sentence, where there is something to say.
export const expiryNote = (row) => {
	if (row.status === "expired")
		return `It expired ${formatRelative(row.expires_at)}. Give it a later ` +
			"end to have it work again.";
	return row.status !== "revoked" && isWithin(row.expires_at, SOON_SECONDS) ?
		`It expires ${formatRelative(row.expires_at)}. From then on every ` +
		"request with it is refused." : null;
};
