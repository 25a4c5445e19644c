// SPDX-License-Identifier: ISC
//
// KeyRotate: makes a new secret for a key, and says how long the old one lives on.

import { useState } from "preact/hooks";

import { formatRelative } from "../format.js";
import { lastUse, rotateKey } from "../keys.js";
import { Button } from "../ui/Button.jsx";
import { CheckBox } from "../ui/CheckBox.jsx";
import { Dialog, DialogActions } from "../ui/Dialog.jsx";
import { Form, useAction } from "../ui/Form.jsx";
import { Notice } from "../ui/Notice.jsx";
import { ProofFields, isAboutProof } from "../ui/ProofFields.jsx";
import { RadioGroup } from "../ui/RadioGroup.jsx";
import { useOnce, useProving } from "../ui/proving.js";
import { Lost } from "./KeyCreate.jsx";

export const OVERLAPS = [
	{ value: "0", label: "Not at all", hint: "For a key that leaked: programs " +
		"that have the old secret are refused at once." },
	{ value: "3600", label: "1 hour" },
	{ value: "86400", label: "24 hours" },
	{ value: "604800", label: "7 days" },
	{ value: "2592000", label: "30 days" },
];

const useRotating = ({ row, onAsk, onChanged }) => {
	const [overlap, setOverlap] = useState("86400");
	const [fromUse, setFromUse] = useState(false);
	const proving = useProving();
	const onceOf = useOnce();
	const [run, state] = useAction(async () => {
		const body = {
			overlap_seconds: Number(overlap),
			overlap_starts: fromUse && overlap !== "0" ? "first_use" : "now",
		};
		const { data, status } = await proving.proved((proof) =>
			rotateKey(row.id, body, { proof, once: onceOf(body) }));
		const { secret, ...after } = data;
		onChanged(after);
		onAsk({ what: "secret", row: after, secret, title: "New secret made",
			late: status === 202 ? after : null });
	});
	return { overlap, setOverlap, fromUse, setFromUse, run, ...proving,
		...state };
};

export function KeyRotate({ row, onClose, onAsk, onChanged }) {
	const it = useRotating({ row, onAsk, onChanged });
	const used = lastUse(row);
	return (
		<Dialog title={`Rotate ${row.name}`} onClose={onClose}>
			<Form onSubmit={it.run} problem={it.problem}
				atField={isAboutProof(it.problem)}>
				<Lost problem={it.problem} />
				<p>
					The key keeps its name, its id and what it may do, and gets
					a new secret.
					{used && ` Its last use was ${formatRelative(used.at)}.`}
				</p>
				<RadioGroup label="The old secret works on for"
					value={it.overlap} options={OVERLAPS}
					onInput={it.setOverlap}
					error={it.problem?.of("overlap_seconds")} />
				{it.overlap !== "0" && (
					<CheckBox label="Count from the first use of the new secret"
						hint="The old one then lives on until the new one has arrived."
						checked={it.fromUse} onInput={it.setFromUse} />
				)}
				{it.overlap === "0" && used && (
					<Notice tone="warn">
						<p>Programs fail until they have the new secret.</p>
					</Notice>
				)}
				<ProofFields value={it.answer} onInput={it.setAnswer}
					problem={it.problem} />
				<DialogActions>
					<Button onClick={onClose}>Cancel</Button>
					<Button type="submit" kind="primary" busy={it.busy}>
						Make a new secret
					</Button>
				</DialogActions>
			</Form>
		</Dialog>
	);
}
