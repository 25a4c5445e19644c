// SPDX-License-Identifier: ISC
//
// AppTable: connected apps, and (OwnTable) those that the account publishes, a row
// each.

import { isLive } from "../apps.js";
import { formatActor } from "../format.js";
import { href } from "../route.js";
import { Badge } from "../ui/Badge.jsx";
import { Button } from "../ui/Button.jsx";
import { Copy } from "../ui/Copy.jsx";
import { Table } from "../ui/Table.jsx";
import { Time } from "../ui/Time.jsx";

export function AppState({ app }) {
	if (app.removed_at) return <Badge tone="off">App removed</Badge>;
	if (!app.connection) return <Badge tone="off">Not connected</Badge>;
	return isLive(app) ? <Badge tone="good">Connected</Badge> :
		<Badge tone="off">Access revoked</Badge>;
}

export function Guid({ app }) {
	return (
		<span class="guid">
			<code>{app.guid}</code>
			<Copy text={app.guid} what={`GUID of ${app.name}`} />
		</span>
	);
}

function Name({ app }) {
	return (
		<div class="what">
			<a href={href(`/apps/${app.guid}`)}>{app.name}</a>
			<span class="muted">{app.publisher}</span>
		</div>
	);
}

function Granted({ connection, members }) {
	return (
		<div class="what">
			<Time at={connection.granted_at} />
			<span class="muted">{formatActor(connection.granted_by, members)}</span>
		</div>
	);
}

const nameColumn = { id: "name", label: "App", head: true,
	cell: (app) => <Name app={app} /> };
const guidColumn = { id: "guid", label: "GUID",
	cell: (app) => <Guid app={app} /> };

export function AppTable({ apps, members, onAsk }) {
	const columns = [
		nameColumn, guidColumn,
		{ id: "access", label: "Access", cell: ({ connection }) =>
			<span>{connection.role}, {connection.environment}</span> },
		{ id: "granted", label: "Granted", cell: ({ connection }) =>
			<Granted {...{ connection, members }} /> },
		{ id: "used", label: "Last used", cell: ({ connection }) =>
			<Time at={connection.last_used_at} /> },
		{ id: "actions", label: "Actions", hidden: true, cell: (app) => (
			<div class="actions">
				{isLive(app) ?
					<Button small aria-label={`Revoke access of ${app.name}`}
						onClick={() => onAsk({ what: "disconnect",
							guid: app.guid })}>Revoke access</Button> :
					<AppState app={app} />}
			</div>
		) },
	];
	return <Table caption="Connected apps" columns={columns} rows={apps}
		rowKey={(app) => app.guid}
		rowClass={(app) => isLive(app) ? undefined : "over"} />;
}

export function OwnTable({ apps, members }) {
	const columns = [
		nameColumn, guidColumn,
		{ id: "made", label: "Made", cell: (app) => (
			<div class="what">
				<Time at={app.created_at} />
				<span class="muted">{formatActor(app.created_by, members)}</span>
			</div>
		) },
		{ id: "state", label: "State", cell: (app) => app.removed_at ?
			<Badge tone="off">Removed</Badge> : <Badge tone="good">Active</Badge> },
	];
	return <Table caption="Apps of this account" columns={columns} rows={apps}
		rowKey={(app) => app.guid}
		rowClass={(app) => app.removed_at ? "over" : undefined} />;
}
