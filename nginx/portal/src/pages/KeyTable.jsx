// SPDX-License-Identifier: ISC
//
// KeyTable: keys in rows. So that a thousand of them cost no more than a hundred,
// the rest is put in when it is asked for.

import { useEffect, useState } from "preact/hooks";

import { formatActor, formatNumber } from "../format.js";
import { lastUse } from "../keys.js";
import { href } from "../route.js";
import { Button } from "../ui/Button.jsx";
import { Table } from "../ui/Table.jsx";
import { Time } from "../ui/Time.jsx";
import { KeySpark } from "./KeySpark.jsx";
import { KeyExpiry, KeyStatus } from "./KeyStatus.jsx";

const STEP = 100;

const nameCell = (row) => (
	<div class="key-name">
		<span class="badges">
			<a href={href(`/keys/${row.id}`)}>{row.name}</a>
			<KeyStatus row={row} />
		</span>
		<code class="muted">{row.hint}</code>
	</div>
);

const accessCell = (row) => (
	<div class="key-two">
		<span>{row.role}</span>
		<span class="muted">{row.environment}</span>
	</div>
);

const createdCell = (members) => (row) => (
	<div class="key-two">
		<Time at={row.created_at} />
		<span class="muted">{formatActor(row.created_by, members)}</span>
	</div>
);

const actionsCell = (onAsk) => (row) => row.status !== "revoked" && (
	<div class="actions">
		{row.status !== "expired" && row.kind !== "app_token" && (
			<Button small aria-label={`Rotate ${row.name}`}
				onClick={() => onAsk({ what: "rotate", row })}>Rotate</Button>
		)}
		<Button small aria-label={`Revoke ${row.name}`}
			onClick={() => onAsk({ what: "revoke", row })}>Revoke</Button>
	</div>
);

const columnsOf = ({ members, sparks, onAsk }) => [
	{ id: "name", label: "Key", head: true, cell: nameCell },
	{ id: "access", label: "Role, environment", cell: accessCell },
	{ id: "created", label: "Created", cell: createdCell(members) },
	{ id: "used", label: "Last used",
		cell: (row) => <Time at={lastUse(row)?.at} /> },
	{ id: "ends", label: "Expires", cell: (row) => <KeyExpiry row={row} /> },
	{ id: "spark", label: "30 days",
		cell: (row) => <KeySpark id={row.id} sparks={sparks} /> },
	{ id: "actions", label: "Actions", hidden: true,
		cell: actionsCell(onAsk) },
];

const rowClass = (row) =>
	row.status === "revoked" || row.status === "expired" ? "over" : undefined;

// onAsk opens a dialog. WANTED is what the rows were chosen by.
export function KeyTable({ rows, wanted, members, sparks, onAsk }) {
	const [shown, setShown] = useState(STEP);

	useEffect(() => setShown(STEP), [JSON.stringify(wanted)]);
	const left = rows.length - shown;
	return (
		<>
			<div class="table-box keys">
				<Table caption="Keys of the account" rows={rows.slice(0, shown)}
					columns={columnsOf({ members, sparks, onAsk })}
					rowClass={rowClass} />
			</div>
			{left > 0 && (
				<div class="actions">
					<Button onClick={() => setShown(shown + STEP)}>
						{`Show ${formatNumber(Math.min(left, STEP))} more`}
					</Button>
					<span class="muted">
						{`${formatNumber(left)} more are below.`}
					</span>
				</div>
			)}
		</>
	);
}
