// SPDX-License-Identifier: ISC
//
// KeyDetail: one key, its secrets and its use.

import { useState } from "preact/hooks";

import { useAccount } from "../account.js";
import { count, formatActor, formatDay, formatNumber } from "../format.js";
import { lastUse, readKey, readUsage, switchKey } from "../keys.js";
import { useLoad } from "../load.js";
import { useMembers } from "../members.js";
import { href } from "../route.js";
import { Button } from "../ui/Button.jsx";
import { Copy } from "../ui/Copy.jsx";
import { ErrorBox } from "../ui/ErrorBox.jsx";
import { Facts } from "../ui/Facts.jsx";
import { useAction } from "../ui/Form.jsx";
import { Loading } from "../ui/Loading.jsx";
import { Notice } from "../ui/Notice.jsx";
import { Page, Section } from "../ui/Page.jsx";
import { Time } from "../ui/Time.jsx";
import { announce } from "../ui/announce.js";
import { KeyDialogs } from "./KeyDialogs.jsx";
import { KeyRotation, KeySecrets } from "./KeySecrets.jsx";
import { KeyExpiry, KeyStatus, expiryNote } from "./KeyStatus.jsx";
import { KeyUse } from "./KeyUse.jsx";

function Actions({ row, onAsk, onChanged }) {
	const [enable, { busy }] = useAction(async () => {
		try {
			onChanged((await switchKey(row.id, true)).data);
			announce(`${row.name} is enabled`);
		} catch (problem) {
			announce(problem.detail, "bad");
		}
	});
	if (row.status === "revoked") return null;
	const ask = (what) => () => onAsk({ what, row });
	return (
		<>
			{row.status !== "expired" && row.kind !== "app_token" &&
				<Button kind="primary" onClick={ask("rotate")}>Rotate</Button>}
			{row.kind !== "app_token" &&
				<Button onClick={ask("edit")}>Change</Button>}
			{row.disabled_at ?
				<Button busy={busy} onClick={enable}>Enable</Button> :
				<Button onClick={ask("switch")}>Disable</Button>}
			<Button onClick={ask("revoke")}>Revoke</Button>
		</>
	);
}

function Revoked({ row, members }) {
	return (
		<Notice tone="bad" title="This key is revoked for good">
			<p>
				<Time at={row.revoked_at} exact />
				{row.revoked_by && `, by ${formatActor(row.revoked_by, members)}`}.
				{row.revoked_why && ` Reason: ${row.revoked_why}`}
			</p>
		</Notice>
	);
}

function Notices({ row, usage, members }) {
	const ends = expiryNote(row);
	const old = row.status !== "revoked" && row.deprecation;
	return (
		<>
			{row.status === "revoked" && <Revoked {...{ row, members }} />}
			{row.status === "disabled" && (
				<Notice title="This key is disabled">
					<p>Every request with it is refused until it is enabled
						again.</p>
				</Notice>
			)}
			{ends && <Notice tone="warn"><p>{ends}</p></Notice>}
			{old && (
				<Notice tone="warn" title={"Legacy key, deprecated as of " +
					formatDay(old.deprecated_at)}>
					<p>
						{old.sunset_at && `It is expected to end on ` +
							`${formatDay(old.sunset_at)}. `}
						Make an access token for its program, and revoke it when
						it is silent.
						{old.link && <> <a href={old.link}
							rel="noreferrer">What to do</a></>}
					</p>
				</Notice>
			)}
			{usage?.role_hint && row.status !== "revoked" && (
				<Notice title={`It could do with the role ${usage.role_hint}`}>
					<p>For 90 days it was let in for nothing but reading, and it
						may do more. Change it to have a smaller role, unless a
						place that it reads demands more.</p>
				</Notice>
			)}
		</>
	);
}

const rateText = (own, plan, say) => {
	if (own) return say(own);
	return plan ? `${say(plan)} (of the plan)` : "no limit";
};

const rate = ({ per_second: number, burst }) =>
	`${formatNumber(number)} a second, ${formatNumber(burst)} at once`;

const quota = (number) => `${count(number, "request")} a day`;

function About({ row, members, plan }) {
	return (
		<Section title="About">
			<Facts items={[
				["Id", <><code>{row.id}</code>
					<Copy text={row.id} what="the key's id" /></>],
				["Role", row.role],
				["Environment", row.environment],
				["Created", <><Time at={row.created_at} />
					<span class="muted">
						{`by ${formatActor(row.created_by, members)}`}
					</span></>],
				["Last used", <Time at={lastUse(row)?.at} />],
				["Expires", <KeyExpiry row={row} />],
				row.not_before && ["Valid from", <Time at={row.not_before}
					exact />],
				["Networks", row.allowed_ips.length === 0 ? "everywhere" :
					row.allowed_ips.map((one) => <code key={one}>{one}</code>)],
				["Rate", rateText(row.rate_limit, plan?.rate_limit, rate)],
				["Quota", rateText(row.daily_quota, plan?.daily_quota, quota)],
			]} />
		</Section>
	);
}

// What there is to know of key ID, and how to have it anew.
const useKey = (id) => {
	const [bucket, setBucket] = useState("day");
	const key = useLoad((signal) => readKey(id, signal), [id]);
	const usage = useLoad((signal) => readUsage(id, bucket, signal),
		[id, bucket]);
	const refresh = () => {
		key.reload();
		usage.reload();
	};
	// What is known at once is shown at once.
	const changed = (part) => {
		key.set((before) => ({ ...before,
			data: { ...before.data, ...part } }));
		refresh();
	};
	return { key, usage, bucket, setBucket, refresh, changed };
};

const leadOf = (row) => (
	<span class="badges">
		<code>{row.hint}</code>
		<KeyStatus row={row} always />
	</span>
);

export function KeyDetail({ params }) {
	const members = useMembers();
	const account = useAccount();
	const it = useKey(params.id);
	const [asked, onAsk] = useState(null);
	const row = it.key.data?.data;
	if (!row)
		return (
			<Page title="Key">
				{it.key.problem ?
					<>
						<ErrorBox problem={it.key.problem}
							onRetry={it.key.reload} />
						<p><a href={href("/keys")}>All keys</a></p>
					</> : <Loading what="the key" />}
			</Page>
		);
	// Dialogs tell what is the account's.
	const ask = account.data ? onAsk : null;
	return (
		<Page title={row.name} lead={leadOf(row)} actions={ask &&
			<Actions row={row} onAsk={onAsk} onChanged={it.changed} />}>
			{it.key.problem && <ErrorBox problem={it.key.problem}
				onRetry={it.refresh} />}
			<Notices row={row} usage={it.usage.data} members={members} />
			<KeyRotation row={row} usage={it.usage.data} onAsk={ask}
				onRefresh={it.refresh} />
			<KeyUse id={row.id} usage={it.usage} bucket={it.bucket}
				onBucket={it.setBucket} />
			<About row={row} members={members} plan={account.data?.plan} />
			<KeySecrets row={row} />
			<KeyDialogs {...{ asked, onAsk }} account={account.data}
				onChanged={it.changed} />
		</Page>
	);
}
