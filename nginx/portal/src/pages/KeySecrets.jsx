// SPDX-License-Identifier: ISC
//
// KeySecrets: the secrets of a key, newest first, and whether an old one is silent.

import { formatRelative, formatSpan, isWithin } from "../format.js";
import { DAY_SECONDS, workingSecrets } from "../keys.js";
import { Badge } from "../ui/Badge.jsx";
import { Button } from "../ui/Button.jsx";
import { Facts } from "../ui/Facts.jsx";
import { Section } from "../ui/Page.jsx";
import { Table } from "../ui/Table.jsx";
import { Time } from "../ui/Time.jsx";

// Whether SECRET of ROW is still used, in a sentence.
export const silenceOf = (row, secret) => {
	const at = secret.last_used_at;
	if (secret.safe_to_end)
		return at ? "Silent for 24 hours: safe to end" :
			"Never used: safe to end";
	if (isWithin(at, -DAY_SECONDS))
		return `Used ${formatRelative(at)}: not silent yet`;
	return "Not all uses have arrived, so nobody knows whether it is silent";
};

function Silence({ row, secret }) {
	const tone = secret.safe_to_end ? "good" :
		isWithin(secret.last_used_at, -DAY_SECONDS) ? "warn" : "info";
	return (
		<p class={`silence tone-${tone}`}>
			<Badge tone={tone} class={`badge ${tone} wraps`}>
				{silenceOf(row, secret)}
			</Badge>
		</p>
	);
}

// USE: what the usage says of the secret, once it is there.
function Side({ row, secret, use, newest, onAsk }) {
	return (
		<div class="side-card">
			<h3>
				{newest ? "New secret" : "Old secret"}
				{" "}<code>...{secret.last_four}</code>
			</h3>
			<Facts items={[
				["First used", <Time at={use?.first_used_at} />],
				["Last used", <Time at={secret.last_used_at} />],
				["From", secret.last_used_from ?
					<code>{secret.last_used_from}</code> :
					<span class="muted">nowhere</span>],
				["Ends", <Ends row={row} secret={secret} />],
			]} />
			{newest ?
				<p class="silence">
					{secret.last_used_at ?
						<Badge tone="good">In use</Badge> :
						<Badge tone="info" icon="time">Not used yet</Badge>}
				</p> :
				<Silence row={row} secret={secret} />}
			{!newest && onAsk && (
				<div class="actions">
					<Button small kind={secret.safe_to_end ? "primary" : "plain"}
						onClick={() => onAsk({ what: "end", row, secret })}>
						End the old secret
					</Button>
				</div>
			)}
		</div>
	);
}

// The two or more that work side by side while programs get the new one.
export function KeyRotation({ row, usage, onAsk, onRefresh }) {
	const working = workingSecrets(row);
	if (working.length < 2) return null;
	const useOf = (secret) => usage?.secrets.find((one) =>
		one.version === secret.version);
	return (
		<Section title="Rotation under way" lead={"Give the new secret to every " +
			"program. When the old one is silent, end it."}
			actions={<Button small onClick={onRefresh}>Refresh</Button>}>
			<div class="columns">
				{working.map((secret, at) => (
					<Side key={secret.version} newest={at === 0}
						use={useOf(secret)} {...{ row, secret, onAsk }} />
				))}
			</div>
			<p class="muted">
				Uses are known until <Time at={row.uses_known_until}
					never="nobody knows when" exact />.
			</p>
		</Section>
	);
}

// When SECRET ends: at a time, some time after the new one's first use, or with
// the key.
function Ends({ row, secret }) {
	if (secret.revoked_at) return <Time at={secret.revoked_at} />;
	if (secret.expires_at) return <Time at={secret.expires_at} />;
	const newest = row.secrets[0];
	if (secret.version !== newest.version && newest.overlap_seconds !== null)
		return <span>{`${formatSpan(newest.overlap_seconds)} after the new ` +
			"one is first used"}</span>;
	return <span class="muted">with the key</span>;
}

const STATES = {
	active: ["good", "Works"],
	waiting: ["info", "Not used yet"],
	not_yet_valid: ["info", "Not yet valid"],
	ended: ["off", "Ended"],
};

function State({ row, secret }) {
	// A key that does not work has no secret that does.
	if (secret.status !== "ended" && row.status !== "active")
		return <Badge tone="off">With the key</Badge>;
	const [tone, word] = STATES[secret.status] ?? ["info", secret.status];
	return <Badge tone={tone}>{word}</Badge>;
}

const columnsOf = (row) => [
	{ id: "secret", label: "Secret", head: true,
		cell: (secret) => <code>...{secret.last_four}</code> },
	{ id: "state", label: "State",
		cell: (secret) => <State {...{ row, secret }} /> },
	{ id: "made", label: "Made",
		cell: (secret) => <Time at={secret.created_at} /> },
	{ id: "used", label: "Last used",
		cell: (secret) => <Time at={secret.last_used_at} /> },
	{ id: "from", label: "From", cell: (secret) => secret.last_used_from ?
		<code>{secret.last_used_from}</code> : "" },
	{ id: "ends", label: "Ends", cell: (secret) =>
		<Ends {...{ row, secret }} /> },
];

export function KeySecrets({ row }) {
	return (
		<Section title="Secrets" lead="Newest first.">
			<Table caption="Secrets of the key" columns={columnsOf(row)}
				rows={row.secrets} rowKey={(secret) => secret.version}
				rowClass={(secret) => secret.status === "ended" ?
					"over" : undefined} />
		</Section>
	);
}
