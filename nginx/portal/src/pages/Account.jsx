// SPDX-License-Identifier: ISC
//
// Account: its id, what its plan allows, where its requests belong, and who its
// members are.

import { useState } from "preact/hooks";

import { request } from "../api.js";
import { useAccount } from "../account.js";
import { count, formatDay, formatNumber } from "../format.js";
import { useSession } from "../session.js";
import { announce } from "../ui/announce.js";
import { Badge } from "../ui/Badge.jsx";
import { Button } from "../ui/Button.jsx";
import { Copy } from "../ui/Copy.jsx";
import { Facts } from "../ui/Facts.jsx";
import { Loaded } from "../ui/Loaded.jsx";
import { Notice } from "../ui/Notice.jsx";
import { Page, Section } from "../ui/Page.jsx";
import { Reauth } from "../ui/Reauth.jsx";
import { Members } from "./Members.jsx";

const STATUS = {
	active: <Badge tone="good">active</Badge>,
	suspended: <Badge tone="warn">suspended</Badge>,
	closed: <Badge tone="bad">closed</Badge>,
};

function Identity({ account }) {
	return (
		<Section title={account.name} actions={STATUS[account.status]}>
			<Facts items={[
				["Account id", <>
					<span class="mono big">{account.id}</span>
					<Copy text={String(account.id)} what="account id" />
				</>],
				["API host", <>
					<span class="mono">{account.region.api_host}</span>
					<Copy text={account.region.api_host} what="API host" />
				</>],
				["Region", <>
					{account.region.name}
					<span class="muted mono">{account.region.code}</span>
				</>],
			]} />
			<p class="hint">
				The account id is the user name when a key is sent as Basic; the key
				is the password.
			</p>
		</Section>
	);
}

const rateOf = (rate) => rate ?
	`${count(rate.per_second, "request")} a second, ` +
	`${formatNumber(rate.burst)} at once` : "no limit";

const keysOf = ({ keys, plan }) => plan.max_keys === null ?
	`${formatNumber(keys)}, no limit` :
	`${formatNumber(keys)} of ${formatNumber(plan.max_keys)}`;

function Plan({ account }) {
	const { plan } = account;
	return (
		<Section title="Plan">
			<Facts items={[
				["Name", plan.name],
				["Keys that are not revoked", keysOf(account)],
				["Rate of each key", rateOf(plan.rate_limit)],
				["Daily quota of each key", plan.daily_quota === null ?
					"no limit" : count(plan.daily_quota, "request")],
				["New keys", plan.self_service ?
					"made here" : "made by the operator alone"],
			]} />
			{plan.max_keys !== null && account.keys >= plan.max_keys && (
				<Notice tone="warn" title="No more keys can be made">
					<p>Revoke one that nobody needs, or ask for another plan.</p>
				</Notice>
			)}
		</Section>
	);
}

function Legacy({ legacy }) {
	const { deprecated_at: since, sunset_at: until, link, policy } = legacy;
	return (
		<Notice tone="warn" title="Legacy keys (api_key)">
			<p>
				{since && `Deprecated as of ${formatDay(since)}. `}
				{until && `They are expected to end on ${formatDay(until)}. `}
				{policy === "refuse" && "New ones cannot be made. "}
				{link && <a href={link} rel="noreferrer">What to do about
					it</a>}
			</p>
		</Notice>
	);
}

const MACHINES = {
	true: {
		title: "Let only people manage keys", label: "Let only people",
		text: "Admin keys will not be able to make, change or revoke keys any " +
			"more. Programs that do so are refused from then on.",
		said: "Only people may manage keys now",
	},
	false: {
		title: "Let admin keys manage keys", label: "Let admin keys",
		text: "Whoever has an admin key will be able to make, change and " +
			"revoke keys, without being asked for a password.",
		said: "Admin keys may manage keys now",
	},
};

function MachineKeys({ account, onChange }) {
	const { mayAdminister } = useSession();
	const [open, setOpen] = useState(false);
	const allowed = account.machine_key_management;
	const words = MACHINES[allowed];
	return (
		<Section title="Programs that manage keys"
			lead={allowed ?
				"Admin keys may make, change and revoke keys, as people may." :
				"Only people may make, change and revoke keys."}
			actions={mayAdminister && (
				<Button onClick={() => setOpen(true)}>{words.label}</Button>
			)}>
			{open && (
				<Reauth title={words.title} label={words.label}
					onClose={() => setOpen(false)} action={async (proof) => {
						const { data } = await request("PATCH", "/account", {
							proof,
							body: { machine_key_management: !allowed },
						});
						onChange(data);
						announce(words.said);
						setOpen(false);
					}}>
					<p>{words.text}</p>
				</Reauth>
			)}
		</Section>
	);
}

export function Account() {
	const account = useAccount();
	const { mayAdminister } = useSession();
	return (
		<Page title="Account" lead="Its id, its plan and its members.">
			<Loaded from={account} what="the account">
				{(data) => (
					<>
						<Identity account={data} />
						{data.legacy_keys &&
							<Legacy legacy={data.legacy_keys} />}
						<Plan account={data} />
						<MachineKeys account={data} onChange={account.set} />
					</>
				)}
			</Loaded>
			{mayAdminister ? <Members /> : (
				<Notice>
					<p>Keys, apps and members are for whoever may administer the
						account. A member who may can let you do so, too.</p>
				</Notice>
			)}
		</Page>
	);
}
