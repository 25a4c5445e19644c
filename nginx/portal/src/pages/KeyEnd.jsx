// SPDX-License-Identifier: ISC
//
// KeyEnd: ends one secret of a key; the others work on.

import { useState } from "preact/hooks";

import { endSecret } from "../keys.js";
import { Button } from "../ui/Button.jsx";
import { CheckBox } from "../ui/CheckBox.jsx";
import { Dialog, DialogActions } from "../ui/Dialog.jsx";
import { Form, useAction } from "../ui/Form.jsx";
import { Notice } from "../ui/Notice.jsx";
import { Unconfirmed } from "../ui/Unconfirmed.jsx";
import { announce } from "../ui/announce.js";
import { silenceOf } from "./KeySecrets.jsx";

const IN_USE = ["secret_in_use", "secret_use_unknown"];

const useEnding = ({ row, secret, onChanged, onClose }) => {
	const [late, setLate] = useState(null);
	const name = `The secret ...${secret.last_four}`;
	const [run, state] = useAction(async (force) => {
		const { data, status } = await endSecret(row.id, secret.version, force)
			.catch((problem) => {
				if (problem.code !== "secret_already_ended") throw problem;
				return { status: 200, data: {} };
			});
		onChanged({ id: row.id });
		if (status === 202) {
			setLate(data);
			announce(`${name} has ended, but not confirmed yet`, "warn");
			return;
		}
		announce(`${name} has ended. No request with it is let in any more.`);
		onClose();
	});
	return { run, late, ...state };
};

export function KeyEnd({ row, secret, onClose, onChanged }) {
	const it = useEnding({ row, secret, onChanged, onClose });
	const [force, setForce] = useState(false);
	const busyOne = !secret.safe_to_end || IN_USE.includes(it.problem?.code);
	return (
		<Dialog title={`End the secret ...${secret.last_four}`} onClose={onClose}>
			<Form onSubmit={() => it.run(force)} problem={it.problem}>
				{it.late ?
					<Unconfirmed title="The secret has ended" data={it.late}
						busy={it.busy} onAgain={() => it.run(force)} /> :
					<>
						<p>Requests with it are refused from then on; the newer
							secret of {row.name} works on.</p>
						<Notice tone={busyOne ? "warn" : "good"}
							title={silenceOf(row, secret)} />
						{busyOne && (
							<CheckBox label="End it all the same" checked={force}
								hint="Programs that still have it will fail."
								onInput={setForce} />
						)}
					</>}
				<DialogActions>
					<Button onClick={onClose} autofocus>
						{it.late ? "Close" : "Cancel"}
					</Button>
					{!it.late && <Button type="submit" kind="danger"
						busy={it.busy}>End it</Button>}
				</DialogActions>
			</Form>
		</Dialog>
	);
}
