// SPDX-License-Identifier: ISC
//
// KeyEdit: changes a key. What gives it more than it had needs a proof, and what
// somebody else changed meanwhile is not overwritten.

import { useState } from "preact/hooks";

import { formatDay } from "../format.js";
import { changeKey, readKey, widens } from "../keys.js";
import { useLoad } from "../load.js";
import { Button } from "../ui/Button.jsx";
import { Dialog, DialogActions } from "../ui/Dialog.jsx";
import { Form, useAction } from "../ui/Form.jsx";
import { Loaded } from "../ui/Loaded.jsx";
import { ProofFields, isAboutProof } from "../ui/ProofFields.jsx";
import { announce } from "../ui/announce.js";
import { useProving } from "../ui/proving.js";
import { LimitFields, NameField, RoleField, TermField } from "./KeyFields.jsx";
import { changeOf, fieldsOf } from "./keyform.js";

const useEditing = ({ fresh, onChanged, onClose }) => {
	const { data: row, etag } = fresh;
	const [value, setValue] = useState(() => fieldsOf(row));
	const [now] = useState(() => Date.now());
	const [wanted, setWanted] = useState(false);
	const proving = useProving();
	const change = changeOf(value, row, now);
	const needsProof = wanted || widens(row, change);
	const [run, state] = useAction(async () => {
		const send = (proof) => changeKey(row.id, change,
			{ proof, ifMatch: etag });
		const { data, status } = await (needsProof ? proving.proved(send) :
			send()).catch((problem) => {
			if (problem.code === "proof_required") setWanted(true);
			throw problem;
		});
		onChanged(data);
		announce(status === 202 ? `${data.name} is changed, but not every ` +
			"program that checks keys has confirmed it yet" :
			`${data.name} is changed`, status === 202 ? "warn" : "good");
		onClose();
	});
	const onInput = (part) => setValue((before) => ({ ...before, ...part }));
	return { value, onInput, run, needsProof,
		isSame: Object.keys(change).length === 0, ...proving, ...state };
};

const keepLabel = ({ expires_at: at }) =>
	at ? `as it is: ${formatDay(at)}` : "as it is: never";

function Fields({ fresh, onClose, onChanged, onReload }) {
	const it = useEditing({ fresh, onChanged, onClose });
	const common = { value: it.value, onInput: it.onInput, problem: it.problem };
	const conflict = it.problem?.code === "precondition_failed";
	return (
		<Form onSubmit={it.isSame ? onClose : it.run} problem={it.problem}
			atField={it.needsProof && isAboutProof(it.problem)}>
			{conflict && (
				<div class="actions">
					<Button small onClick={onReload}>Read it again</Button>
				</div>
			)}
			<NameField {...common} />
			<RoleField {...common} />
			<TermField {...common} keep={keepLabel(fresh.data)} />
			<LimitFields {...common} />
			{it.needsProof && (
				<>
					<p>This gives the key more than it had: show that it is
						you.</p>
					<ProofFields value={it.answer} onInput={it.setAnswer}
						problem={it.problem} />
				</>
			)}
			<DialogActions>
				<Button onClick={onClose}>Cancel</Button>
				<Button type="submit" kind="primary" busy={it.busy}>Save</Button>
			</DialogActions>
		</Form>
	);
}

export function KeyEdit({ row, onClose, onChanged }) {
	const fresh = useLoad((signal) => readKey(row.id, signal));
	return (
		<Dialog title={`Change ${row.name}`} onClose={onClose}>
			<Loaded from={fresh} what="the key">
				{(data) => <Fields key={data.etag} fresh={data} onClose={onClose}
					onChanged={onChanged} onReload={fresh.reload} />}
			</Loaded>
		</Dialog>
	);
}
