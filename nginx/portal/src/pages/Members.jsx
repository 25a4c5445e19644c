// SPDX-License-Identifier: ISC
//
// Members: the people of the account, on its page.

import { useState } from "preact/hooks";

import * as api from "../api.js";
import { useList } from "../load.js";
import { useSession } from "../session.js";
import { Badge } from "../ui/Badge.jsx";
import { Button } from "../ui/Button.jsx";
import { Section } from "../ui/Page.jsx";
import { Pager } from "../ui/Pager.jsx";
import { Table } from "../ui/Table.jsx";
import { Time } from "../ui/Time.jsx";
import { MemberAdd, MemberChange, MemberRemove, changeWord }
	from "./MemberDialogs.jsx";

const readMembers = async (cursor, signal) => {
	const data = await api.get("/members", { cursor, limit: 100 }, signal);
	return {
		items: data.members, cursor: data.next_cursor, hasMore: data.has_more,
	};
};

function Actions({ member, onOpen }) {
	return (
		<div class="actions">
			<Button small onClick={() => onOpen({ Shown: MemberChange, member })}
				aria-label={`${changeWord(member)}: ${member.email}`}>
				{changeWord(member)}
			</Button>
			<Button small onClick={() => onOpen({ Shown: MemberRemove, member })}
				aria-label={`Remove ${member.email}`}>Remove</Button>
		</div>
	);
}

const columnsOf = (myId, onOpen) => [
	{ id: "email", label: "Email", head: true, cell: (member) => (
		<>{member.email} {member.id === myId && <Badge>you</Badge>}</>
	) },
	{ id: "may", label: "Role", cell: (member) => member.may_administer ?
		<Badge tone="info" icon="key">administrator</Badge> :
		<Badge>member</Badge> },
	{ id: "totp", label: "Authenticator", cell: (member) => member.totp ?
		<Badge tone="good">in force</Badge> :
		<Badge tone="warn">not set up</Badge> },
	{ id: "since", label: "Added", cell: (member) =>
		<Time at={member.created_at} /> },
	{ id: "actions", label: "Actions", hidden: true, cell: (member) =>
		<Actions member={member} onOpen={onOpen} /> },
];

export function Members() {
	const session = useSession();
	const list = useList(readMembers);
	const [open, setOpen] = useState(null);
	return (
		<Section title="Members" lead="Whoever may sign in."
			actions={
				<Button kind="primary" onClick={() =>
					setOpen({ Shown: MemberAdd })}>Add a member</Button>
			}>
			{list.items.length > 0 && (
				<Table caption="Members" rows={list.items}
					columns={columnsOf(session.member.id, setOpen)} />
			)}
			<Pager list={list} one="member" />
			{open && <open.Shown member={open.member} onChanged={list.reload}
				onClose={() => setOpen(null)} />}
		</Section>
	);
}
