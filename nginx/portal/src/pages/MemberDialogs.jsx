// SPDX-License-Identifier: ISC
//
// MemberDialogs: adding a member, changing what one may do, removing one.

import { useState } from "preact/hooks";

import { request } from "../api.js";
import { prove } from "../proof.js";
import { announce } from "../ui/announce.js";
import { Button } from "../ui/Button.jsx";
import { CheckBox } from "../ui/CheckBox.jsx";
import { Dialog, DialogActions, useClose } from "../ui/Dialog.jsx";
import { Field } from "../ui/Field.jsx";
import { Form, useAction } from "../ui/Form.jsx";
import { NO_PROOF, ProofFields, isAboutProof } from "../ui/ProofFields.jsx";
import { Reauth } from "../ui/Reauth.jsx";
import { SecretText } from "../ui/SecretText.jsx";

function Done() {
	const close = useClose();
	return <Button kind="primary" onClick={close}>Done</Button>;
}

function FirstPassword({ member, onClose }) {
	const [kept, setKept] = useState(false);
	return (
		<Dialog title="The member is added" onClose={onClose} guard={kept ? null :
			"The password has not been copied, and is not shown again."}>
			<p>
				Give this first password to <strong>{member.email}</strong>, who
				changes it under "Your sign-in". It is not shown again.
			</p>
			<SecretText label="First password" text={member.password}
				onCopied={() => setKept(true)} />
			<DialogActions><Done /></DialogActions>
		</Dialog>
	);
}

const errorOfEmail = (problem) => problem?.code === "email_taken" ?
	problem.detail : problem?.of?.("email");

function AddForm({ onAdded, onClose }) {
	const [email, setEmail] = useState("");
	const [admin, setAdmin] = useState(false);
	const [answer, setAnswer] = useState(NO_PROOF);
	const [run, { busy, problem }] = useAction(async () => {
		const { data } = await request("POST", "/members", {
			proof: await prove(answer),
			body: { email, may_administer: admin },
		});
		onAdded(data);
	});
	const taken = problem?.code === "email_taken";
	return (
		<Form onSubmit={run} problem={problem}
			atField={taken || isAboutProof(problem)}>
			<Field label="Email" type="email" value={email} onInput={setEmail}
				autocomplete="off" required error={errorOfEmail(problem)} />
			<CheckBox label="May administer the account" checked={admin}
				onInput={setAdmin} hint={"Others see the account, and how they " +
					"sign in; nothing else."} />
			<ProofFields value={answer} onInput={setAnswer} problem={problem} />
			<DialogActions>
				<Button onClick={onClose}>Cancel</Button>
				<Button type="submit" kind="primary" busy={busy}>
					Add the member
				</Button>
			</DialogActions>
		</Form>
	);
}

export function MemberAdd({ onChanged, onClose }) {
	const [made, setMade] = useState(null);

	if (made)
		return <FirstPassword key="made" member={made} onClose={onClose} />;
	return (
		<Dialog key="add" title="Add a member" onClose={onClose}>
			<AddForm onClose={onClose} onAdded={(member) => {
				setMade(member);
				onChanged();
				announce(`${member.email} is added`);
			}} />
		</Dialog>
	);
}

// What would be done to what MEMBER may.
export const changeWord = (member) =>
	member.may_administer ? "Take administration" : "Let administer";

export function MemberChange({ member, onChanged, onClose }) {
	const may = !member.may_administer;
	return (
		<Reauth title={changeWord(member)} label={changeWord(member)}
			onClose={onClose}
			action={async (proof) => {
				await request("PATCH", `/members/${member.id}`, {
					proof, body: { may_administer: may },
				});
				onChanged();
				announce(`${member.email} may ${may ? "" : "not "}administer ` +
					"the account now");
				onClose();
			}}>
			<p>
				{may ? <><strong>{member.email}</strong> will see and change
					keys, apps, members and the account.</> :
					<><strong>{member.email}</strong> will see the account, and
						how they sign in; nothing else.</>}
			</p>
		</Reauth>
	);
}

export function MemberRemove({ member, onChanged, onClose }) {
	return (
		<Reauth title="Remove the member" label="Remove" kind="danger"
			onClose={onClose} action={async (proof) => {
				await request("DELETE", `/members/${member.id}`, { proof });
				onChanged();
				announce(`${member.email} is removed`);
				onClose();
			}}>
			<p>
				<strong>{member.email}</strong> is signed out everywhere and cannot
				sign in again. Keys that they made go on working.
			</p>
		</Reauth>
	);
}
