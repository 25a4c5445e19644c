// SPDX-License-Identifier: ISC
//
// KeyRevoke: ends a key for good. What was used within a day wants its name typed.

import { useState } from "preact/hooks";

import { isWithin } from "../format.js";
import { DAY_SECONDS, addressesOf, lastUse, readKey, revokeKey }
	from "../keys.js";
import { useLoad } from "../load.js";
import { Problem } from "../problem.js";
import { Button } from "../ui/Button.jsx";
import { Dialog, DialogActions } from "../ui/Dialog.jsx";
import { Facts } from "../ui/Facts.jsx";
import { Field } from "../ui/Field.jsx";
import { Form, useAction } from "../ui/Form.jsx";
import { Loaded } from "../ui/Loaded.jsx";
import { Notice } from "../ui/Notice.jsx";
import { Time } from "../ui/Time.jsx";
import { Unconfirmed } from "../ui/Unconfirmed.jsx";
import { announce } from "../ui/announce.js";

function LastUse({ row }) {
	const used = lastUse(row);
	const addresses = addressesOf(row);
	return (
		<Facts items={[
			["Last used", <Time at={used?.at} />],
			addresses.length > 0 && ["From", addresses.map((one) =>
				<code key={one}>{one}</code>)],
			["Uses known until", <Time at={row.uses_known_until}
				never="not known" exact />],
		]} />
	);
}

// {run, busy, problem, late}: late is an answer that is not confirmed.
const useRevoking = ({ row, onChanged, onClose }) => {
	const [late, setLate] = useState(null);
	const [run, state] = useAction(async (why) => {
		const { data, status } = await revokeKey(row.id, why).catch((problem) => {
			if (problem.code !== "already_revoked") throw problem;
			return { status: 200, data: {} };
		});
		const { revoked_at: at, revoked_by: by, revoked_why: reason } = data;
		onChanged({ id: row.id, status: "revoked", ...(at && {
			revoked_at: at, revoked_by: by, revoked_why: reason }) });
		if (status === 202) {
			setLate(data);
			announce(`${row.name} is revoked, but not confirmed yet`, "warn");
			return;
		}
		announce(`${row.name} is revoked. No request with it is let in any ` +
			"more.");
		onClose();
	});
	return { run, late, ...state };
};

// As the server would refuse a member of the body.
const otherName = () => new Problem(0, { errors: [{ pointer: "#/typed",
	detail: "This is not the name of the key." }] });

function Ask({ row, it, onClose }) {
	const [typed, setTyped] = useState("");
	const [why, setWhy] = useState("");
	const isUsed = isWithin(lastUse(row)?.at, -DAY_SECONDS);
	const submit = () => {
		if (isUsed && typed.trim() !== row.name.trim())
			it.setProblem(otherName());
		else it.run(why.trim());
	};
	return (
		<Form onSubmit={submit} problem={it.problem}>
			<p>Every request with <strong>{row.name}</strong> is refused from
				then on. This cannot be taken back.</p>
			<LastUse row={row} />
			{isUsed && (
				<>
					<Notice tone="warn">
						<p>It was used within the last 24 hours: a program that
							still has it will fail.</p>
					</Notice>
					<Field label={`Type ${row.name} to confirm`} value={typed}
						onInput={setTyped} autocomplete="off" spellcheck={false}
						error={it.problem?.of("typed")} />
				</>
			)}
			<Field label="Reason" optional value={why} onInput={setWhy}
				hint="For the audit log." maxLength={200} autocomplete="off" />
			<DialogActions>
				<Button onClick={onClose} autofocus={!isUsed}>Cancel</Button>
				<Button type="submit" kind="danger" busy={it.busy}>
					Revoke for good
				</Button>
			</DialogActions>
		</Form>
	);
}

export function KeyRevoke({ row, onClose, onChanged }) {
	const it = useRevoking({ row, onChanged, onClose });
	const fresh = useLoad((signal) => readKey(row.id, signal));
	return (
		<Dialog title={`Revoke ${row.name}`} onClose={onClose}>
			{it.late ? (
				<>
					<Unconfirmed title="The key is revoked" data={it.late}
						busy={it.busy} onAgain={() => it.run()} />
					<DialogActions>
						<Button onClick={onClose}>Close</Button>
					</DialogActions>
				</>
			) : (
				<Loaded from={fresh} what="its last use">
					{({ data }) => <Ask row={data} it={it} onClose={onClose} />}
				</Loaded>
			)}
		</Dialog>
	);
}
