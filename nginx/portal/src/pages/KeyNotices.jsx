// SPDX-License-Identifier: ISC
//
// KeyNotices: what stands above the list of keys: why no key can be made, and that
// legacy keys come to an end.

import { count, formatDay } from "../format.js";
import { refusalOf } from "../keys.js";
import { href } from "../route.js";
import { Notice } from "../ui/Notice.jsx";

const isPast = (at) => new Date(at) <= new Date();

// KEYS are those of the kind api_key that are not revoked.
function Legacy({ keys }) {
	const { deprecated_at: since, sunset_at: until, link } =
		keys[0].deprecation;
	return (
		<Notice tone="warn" title={`Legacy keys ${isPast(since) ? "are" :
			"will be"} deprecated as of ${formatDay(since)}`}>
			<p>
				{`${count(keys.length, "legacy key")} of the account still ` +
				`${keys.length === 1 ? "works" : "work"}` +
				(until ? ` and ${keys.length === 1 ? "is" : "are"} expected ` +
					`to end on ${formatDay(until)}. ` : ". ")}
				Make an access token for each program that has one, and revoke
				the legacy key when it is silent.
			</p>
			<p class="actions">
				<a href={href("/keys", { status: "legacy" })}>Show legacy keys</a>
				{link && <a href={link} rel="noreferrer">What to do</a>}
			</p>
		</Notice>
	);
}

export function KeyNotices({ keys, account }) {
	const legacy = keys.filter((key) => key.deprecation &&
		key.status !== "revoked");
	const reason = account && refusalOf(account);
	return (
		<>
			{reason && (
				<Notice tone="warn" title="No key can be made now">
					<p>{reason}</p>
				</Notice>
			)}
			{legacy.length > 0 && <Legacy keys={legacy} />}
		</>
	);
}
