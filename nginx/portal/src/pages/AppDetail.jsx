// SPDX-License-Identifier: ISC
//
// AppDetail: one app: what it is, what it was granted, its tokens, and what it was
// granted before.

import { useState } from "preact/hooks";

import { isLive, readApp } from "../apps.js";
import { useAccount } from "../account.js";
import { count, formatActor } from "../format.js";
import { useLoad } from "../load.js";
import { useMembers } from "../members.js";
import { href } from "../route.js";
import { Button, ButtonLink } from "../ui/Button.jsx";
import { Facts } from "../ui/Facts.jsx";
import { Loaded } from "../ui/Loaded.jsx";
import { Notice } from "../ui/Notice.jsx";
import { Page, Section } from "../ui/Page.jsx";
import { Table } from "../ui/Table.jsx";
import { Time } from "../ui/Time.jsx";
import { AppConnect } from "./AppConnect.jsx";
import { AppDisconnect } from "./AppDisconnect.jsx";
import { AppState, Guid } from "./AppTable.jsx";
import { AppTokens } from "./AppTokens.jsx";
import { HomePage } from "./HomePage.jsx";
import { OwnSecrets } from "./OwnSecrets.jsx";

// Why there is no access now.
function Over({ app, members }) {
	const { connection } = app;
	if (app.removed_at)
		return <Notice title="The app was removed">
			<p>Its publisher ended it <Time at={app.removed_at} />, with all its
				tokens.</p>
		</Notice>;
	if (!connection)
		return <Notice title="Not connected yet">
			<p>The app asks with a connect code; approve it here.</p>
		</Notice>;
	return (
		<Notice title="Its access is revoked">
			<p>By {formatActor(connection.revoked_by, members)}{" "}
				<Time at={connection.revoked_at} />
				{connection.revoked_why && `: ${connection.revoked_why}`}. A new
				connection takes a new connect code from the publisher.</p>
		</Notice>
	);
}

function Access({ app, members, onAsk }) {
	const { connection } = app;
	const live = isLive(app);
	const tokens = connection && (connection.tokens_more ? "more than " : "") +
		count(connection.tokens, "working token");
	return (
		<Section title="Access" actions={
			<>
				<AppState app={app} />
				{live && <Button onClick={() => onAsk("disconnect")}>
					Revoke access
				</Button>}
				{!live && !app.removed_at &&
					<Button onClick={() => onAsk("connect")}>
						Approve a connect code
					</Button>}
			</>}>
			{!live && <Over app={app} members={members} />}
			<Facts items={[
				["GUID", <Guid app={app} />],
				["Publisher", app.publisher],
				app.home_page && ["Home page", <HomePage url={app.home_page} />],
				live && ["May do", `${connection.role}, ${connection.environment}`],
				live && ["Granted", <>
					{formatActor(connection.granted_by, members)}
					<Time at={connection.granted_at} />
				</>],
				live && ["Last used", <>
					<Time at={connection.last_used_at} />
					{connection.last_used_from &&
						<code>{connection.last_used_from}</code>}
				</>],
				live && ["Tokens", tokens],
			]} />
			<ul class="onward">
				<li><a href={href("/usage", { app: app.guid })}>Its usage</a></li>
				<li><a href={href("/audit", { app: app.guid })}>Its log</a></li>
			</ul>
		</Section>
	);
}

function History({ connections, members }) {
	const earlier = connections.filter((one) => one.revoked_at);
	if (earlier.length === 0) return null;
	return (
		<Section title="Earlier connections">
			<Table caption="Earlier connections" rows={earlier} columns={[
				{ id: "granted", label: "Granted", head: true, cell: (one) => <>
					<Time at={one.granted_at} exact /> by{" "}
					{formatActor(one.granted_by, members)}
				</> },
				{ id: "access", label: "Access", cell: (one) =>
					`${one.role}, ${one.environment}` },
				{ id: "revoked", label: "Revoked", cell: (one) => <>
					<Time at={one.revoked_at} exact /> by{" "}
					{formatActor(one.revoked_by, members)}
				</> },
				{ id: "why", label: "Reason", cell: (one) => one.revoked_why ||
					<span class="muted">none given</span> },
			]} />
		</Section>
	);
}

function Whole({ app, account, members, onChanged }) {
	const [asked, setAsked] = useState(null);
	const dialog = { guid: app.guid, onChanged, onClose: () => setAsked(null) };
	return (
		<>
			<Access {...{ app, members }} onAsk={setAsked} />
			{app.private &&
				<OwnSecrets {...{ app, account, onChanged }} />}
			{app.connection &&
				<AppTokens {...{ app, account, members, onChanged }} />}
			<History connections={app.connections} members={members} />
			{asked === "disconnect" && <AppDisconnect {...dialog} />}
			{asked === "connect" && <AppConnect {...dialog} />}
		</>
	);
}

export function AppDetail({ params }) {
	const app = useLoad((signal) => readApp(params.id, signal));
	const account = useAccount().data;
	const members = useMembers();

	return (
		<Page title={app.data?.name ?? "App"} actions={
			<ButtonLink href={href("/apps")}>All apps</ButtonLink>}>
			<Loaded from={app} what="the app">
				{(data) => <Whole app={data} onChanged={app.reload}
					{...{ account, members }} />}
			</Loaded>
		</Page>
	);
}
