// SPDX-License-Identifier: ISC
//
// Apps: the apps that the account is connected to, and those that it publishes
// itself.

import { useState } from "preact/hooks";

import { listApps, listOwn } from "../apps.js";
import { useAccount } from "../account.js";
import { useList } from "../load.js";
import { useMembers } from "../members.js";
import { go, replace } from "../route.js";
import { Button } from "../ui/Button.jsx";
import { Empty } from "../ui/Empty.jsx";
import { Page, Section } from "../ui/Page.jsx";
import { Pager } from "../ui/Pager.jsx";
import { Select } from "../ui/Select.jsx";
import { AppConnect } from "./AppConnect.jsx";
import { AppDisconnect } from "./AppDisconnect.jsx";
import { AppTable, OwnTable } from "./AppTable.jsx";
import { OwnAppCreate, OwnAppSecret } from "./OwnApp.jsx";

const SHOWN = [["connected", "Connected"], ["revoked", "Access revoked"],
	["all", "All"]];

function NoApps({ status, action }) {
	return status === "connected" ? (
		<Empty title="No app is connected" icon="apps" action={action}>
			<p>An app is a program of somebody else that works with this account.
				Its publisher asks with a connect code; approve it here, say how
				much the app may do, and take that back whenever you like.</p>
		</Empty>
	) : <p class="muted">No app is in this list.</p>;
}

const isEmpty = (list) => list.items.length === 0 && !list.loading &&
	!list.problem;

function Connected({ status, list, members, onAsk }) {
	const approve = (kind) => (
		<Button kind={kind} onClick={() => onAsk({ what: "connect" })}>
			Approve a connect code
		</Button>
	);
	return (
		<Section title="Apps of others" actions={
			<>
				<Select label="Show" value={status} options={SHOWN}
					onInput={(next) => replace("/apps", { status: next })} />
				{!isEmpty(list) && approve("primary")}
			</>}>
			{isEmpty(list) ?
				<NoApps status={status} action={approve("primary")} /> :
				<>
					{list.items.length > 0 && <AppTable apps={list.items}
						members={members} onAsk={onAsk} />}
					<Pager list={list} one="app" />
				</>}
		</Section>
	);
}

function Own({ list, members, onAsk }) {
	return (
		<Section title="Apps of this account" lead={"Programs of your own that " +
			"fetch short-lived tokens instead of holding a key. No other account " +
			"can connect them."} actions={
			<Button onClick={() => onAsk({ what: "create" })}>New app</Button>}>
			{isEmpty(list) ? <p class="muted">There is none yet.</p> :
				<>
					{list.items.length > 0 && <OwnTable apps={list.items}
						members={members} />}
					<Pager list={list} one="app" />
				</>}
		</Section>
	);
}

export function Apps({ query }) {
	const status = query.status ?? "connected";
	const list = useList(listApps(status), [status]);
	const own = useList(listOwn);
	const members = useMembers();
	const account = useAccount();
	const [asked, setAsked] = useState(null);
	const close = () => setAsked(null);
	return (
		<Page title="Connected apps" lead={"Programs of others that work with this " +
			"account, and what each was granted."}>
			<Connected {...{ status, list, members }} onAsk={setAsked} />
			<Own list={own} members={members} onAsk={setAsked} />
			{asked?.what === "connect" &&
				<AppConnect onClose={close} onChanged={list.reload} />}
			{asked?.what === "disconnect" &&
				<AppDisconnect guid={asked.guid} onClose={close}
					onChanged={list.reload} />}
			{asked?.what === "create" && account.data &&
				<OwnAppCreate account={account.data} onClose={close}
					onMade={(app, secret) => {
						own.reload();
						setAsked({ what: "secret", app, secret });
					}} />}
			{asked?.what === "secret" &&
				<OwnAppSecret {...asked} account={account.data} onClose={() => {
					close();
					go(`/apps/${asked.app.guid}`);
				}} />}
		</Page>
	);
}
