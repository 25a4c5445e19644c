// SPDX-License-Identifier: ISC
//
// AppTokens: the tokens of an app's newest connection: those that it fetched, which
// live for an hour at most, and those that were made by hand.

import { useState } from "preact/hooks";

import { isLive, listTokens, revokeToken } from "../apps.js";
import { formatActor } from "../format.js";
import { useList } from "../load.js";
import { Badge } from "../ui/Badge.jsx";
import { Button } from "../ui/Button.jsx";
import { Section } from "../ui/Page.jsx";
import { Pager } from "../ui/Pager.jsx";
import { Table } from "../ui/Table.jsx";
import { Time } from "../ui/Time.jsx";
import { EndDialog } from "./EndDialog.jsx";
import { KeySecret } from "./KeySecret.jsx";
import { TokenCreate } from "./TokenCreate.jsx";

const STATES = {
	active: ["good", "Active"], expired: ["off", "Expired"],
	disabled: ["off", "Disabled"], revoked: ["off", "Revoked"],
	stopped: ["off", "Stopped"],
};

function State({ token }) {
	const [tone, word] = STATES[token.status] ?? ["info", token.status];
	return <Badge tone={tone}>{word}</Badge>;
}

const columnsOf = ({ members, onAsk }) => [
	{ id: "name", label: "Token", head: true, cell: (token) => (
		<div class="what">
			<span>{token.name}</span>
			<code class="muted">{token.hint}</code>
		</div>
	) },
	{ id: "role", label: "Role", cell: (token) => token.role },
	{ id: "made", label: "Made", cell: (token) => (
		<div class="what">
			<Time at={token.created_at} />
			<span class="muted">{token.fetched ? "fetched by the app" :
				formatActor(token.created_by, members)}</span>
		</div>
	) },
	{ id: "ends", label: "Expires", cell: (token) =>
		<Time at={token.expires_at} /> },
	{ id: "used", label: "Last used", cell: (token) =>
		<Time at={token.last_used_at} /> },
	{ id: "state", label: "State", cell: (token) => <State token={token} /> },
	{ id: "actions", label: "Actions", hidden: true, cell: (token) => (
		<div class="actions">
			{token.status === "active" && <Button small
				aria-label={`Revoke ${token.name} ${token.hint}`}
				onClick={() => onAsk({ what: "revoke", token })}>Revoke</Button>}
		</div>
	) },
];

function TokenDialogs({ asked, app, account, onAsk, onChanged }) {
	const close = () => onAsk(null);
	if (asked?.what === "create")
		return <TokenCreate app={app} onClose={close} onMade={(row, secret) => {
			onChanged();
			onAsk({ what: "secret", row, secret });
		}} />;
	if (asked?.what === "secret")
		return <KeySecret {...asked} account={account} title="Token made"
			what="the token" lost="revoke it and make another one"
			onClose={close} />;
	if (asked?.what !== "revoke") return null;
	const { token } = asked;
	return (
		<EndDialog title={`Revoke ${token.name}`} name={token.name}
			used={token.last_used_at} from={token.last_used_from}
			button="Revoke for good" lateTitle="The token is revoked" reason
			act={(why) => revokeToken(app.guid, token.id, why)}
			ended="already_revoked" onEnded={onChanged} onClose={close}
			said={`${token.name} is revoked. No request with it is let in any more.`}>
			<p>Every request with <strong>{token.name}</strong> ({token.hint}) is
				refused from then on. This cannot be taken back; the connection
				and its other tokens work on.</p>
		</EndDialog>
	);
}

export function AppTokens({ app, account, members, onChanged }) {
	const list = useList(listTokens(app.guid), [app.guid, app.connection.id,
		app.connection.revoked_at]);
	const [asked, setAsked] = useState(null);
	const changed = () => {
		list.reload();
		onChanged();
	};
	return (
		<Section title="Tokens" lead={"Those that the app fetches live for an hour " +
			"at most."} actions={isLive(app) && account &&
			<Button onClick={() => setAsked({ what: "create" })}>
				Make a token
			</Button>}>
			{list.items.length > 0 && (
				<Table caption="Tokens" rows={list.items}
					columns={columnsOf({ members, onAsk: setAsked })}
					rowClass={(token) => token.status === "active" ? undefined :
						"over"} />
			)}
			<Pager list={list} one="token" />
			<TokenDialogs {...{ asked, app, account }} onAsk={setAsked}
				onChanged={changed} />
		</Section>
	);
}
