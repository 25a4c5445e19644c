// SPDX-License-Identifier: ISC
//
// OwnSecrets: the secrets of an app that the account publishes, and its end.

import { useState } from "preact/hooks";

import { readOwn, removeOwn } from "../apps.js";
import { useLoad } from "../load.js";
import { Badge } from "../ui/Badge.jsx";
import { Button } from "../ui/Button.jsx";
import { Loaded } from "../ui/Loaded.jsx";
import { Notice } from "../ui/Notice.jsx";
import { Section } from "../ui/Page.jsx";
import { Table } from "../ui/Table.jsx";
import { Time } from "../ui/Time.jsx";
import { EndDialog } from "./EndDialog.jsx";
import { OwnAppRotate, OwnAppSecret } from "./OwnApp.jsx";

const COLUMNS = [
	{ id: "secret", label: "Secret", head: true, cell: (one) =>
		<span>Number {one.version} <code>...{one.last_four}</code></span> },
	{ id: "made", label: "Made", cell: (one) => <Time at={one.created_at} /> },
	{ id: "ends", label: "Ends", cell: (one) => <Time at={one.expires_at} /> },
	{ id: "state", label: "State", cell: (one) => one.status === "active" ?
		<Badge tone="good">Active</Badge> : <Badge tone="off">Ended</Badge> },
];

function Remove({ app, used, onChanged, onClose }) {
	return (
		<EndDialog title={`Remove ${app.name}`} name={app.name} used={used}
			button="Remove for good" lateTitle="The app is removed"
			act={() => removeOwn(app.guid)} ended="app_already_removed"
			said={`${app.name} is removed, with its connection and tokens.`}
			onEnded={onChanged} onClose={onClose}>
			<Notice tone="warn" title="This is final">
				<p>The app cannot authenticate any more, its connection ends and
					all its tokens stop at once.</p>
			</Notice>
		</EndDialog>
	);
}

// APP as in the list of connected ones: it has the connection, if there is one.
export function OwnSecrets({ app, account, onChanged }) {
	const own = useLoad((signal) => readOwn(app.guid, signal),
		[app.guid, app.removed_at]);
	const [asked, setAsked] = useState(null);
	const close = () => setAsked(null);
	const made = (_, secret) => {
		own.reload();
		setAsked({ what: "secret", secret });
	};
	return (
		<Section title="This account's own app" lead={"The app authenticates with " +
			"its GUID and a secret to fetch tokens."} actions={!app.removed_at &&
			<>
				<Button onClick={() => setAsked({ what: "rotate" })}>
					New secret
				</Button>
				<Button onClick={() => setAsked({ what: "remove" })}>
					Remove the app
				</Button>
			</>}>
			<Loaded from={own} what="its secrets">
				{(data) => <Table caption="Secrets" columns={COLUMNS}
					rows={data.secrets} rowKey={(one) => one.version}
					rowClass={(one) => one.status === "ended" ? "over" : undefined} />}
			</Loaded>
			{asked?.what === "rotate" &&
				<OwnAppRotate app={app} onMade={made} onClose={close} />}
			{asked?.what === "secret" && account && <OwnAppSecret app={app}
				secret={asked.secret} account={account} onClose={close} />}
			{asked?.what === "remove" && <Remove app={app} onClose={close}
				used={app.connection?.last_used_at ?? null}
				onChanged={onChanged} />}
		</Section>
	);
}
