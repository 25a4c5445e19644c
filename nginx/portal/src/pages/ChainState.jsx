// SPDX-License-Identifier: ISC
//
// ChainState: how far the account's events are chained, and how long ago the chain
// was signed. It is closed to a line until somebody wants to know more.

import * as api from "../api.js";
import { formatNumber, formatRelative, isWithin } from "../format.js";
import { useLoad } from "../load.js";
import { Badge } from "../ui/Badge.jsx";
import { Copy } from "../ui/Copy.jsx";
import { Facts } from "../ui/Facts.jsx";
import { Time } from "../ui/Time.jsx";

// Checkpoints come every minute, as a rule.
const LATE_S = 3600;

function Signed({ head }) {
	if (!head.checkpoint) return <Badge tone="warn">not signed yet</Badge>;
	const text = `signed ${formatRelative(head.checkpoint_at)}`;
	return <Badge tone={isWithin(head.checkpoint_at, -LATE_S) ? "good" : "warn"}>
		{text}
	</Badge>;
}

// The lines of a signed note: who signs, and the event that is signed.
const partsOf = (note) => {
	const [origin, seq] = note.split("\n");
	return { origin, seq: Number(seq) };
};

function Meaning({ head }) {
	if (!head.checkpoint)
		return (
			<p>Each event has a hash over itself and the one before it, so none can
				be changed unnoticed by whoever keeps copies. The operator has not
				signed a checkpoint yet: until then nothing proves the chain
				against somebody who can write the whole database.</p>
		);
	return (
		<p>Each event has a hash over itself and the one before it. A checkpoint
			seals the chains of all accounts and is signed with a key that no
			program of the web server has. What was logged before it cannot be
			changed, added or taken away without being found out; what came since
			is covered by the next one. Keep the number and the hash, and the
			checkpoint: an auditor compares them with an export.</p>
	);
}

function Known({ head }) {
	const { origin, seq } = head.checkpoint ? partsOf(head.checkpoint) : {};
	return (
		<Facts items={[
			["Last event", <>
				<span>number {formatNumber(head.seq)}</span>
				<Time at={head.at} never="none yet" />
			</>],
			head.hash && ["Its hash", <>
				<code class="hash">{head.hash}</code>
				<Copy text={head.hash} what="hash" />
			</>],
			["Last checkpoint", <Time at={head.checkpoint_at} never="none yet" />],
			origin && ["Signed by", <>
				<span>{origin}, number {formatNumber(seq)} of its chain</span>
				<Copy text={head.checkpoint} what="checkpoint" />
			</>],
		]} />
	);
}

export function ChainState() {
	const { data: head, problem } =
		useLoad((signal) => api.get("/audit-head", {}, signal));

	if (problem || !head) return null;
	return (
		<details class="card chain">
			<summary>
				<span>The chain of {formatNumber(head.seq)} events</span>
				<Signed head={head} />
			</summary>
			<div class="chain-body">
				<Meaning head={head} />
				<Known head={head} />
			</div>
		</details>
	);
}
