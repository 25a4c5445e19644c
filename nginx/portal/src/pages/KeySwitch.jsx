// SPDX-License-Identifier: ISC
//
// KeySwitch: switches a key off for a while; the way back needs no dialog.

import { useState } from "preact/hooks";

import { switchKey } from "../keys.js";
import { Button } from "../ui/Button.jsx";
import { Dialog, DialogActions } from "../ui/Dialog.jsx";
import { Form, useAction } from "../ui/Form.jsx";
import { Unconfirmed } from "../ui/Unconfirmed.jsx";
import { announce } from "../ui/announce.js";

export function KeySwitch({ row, onClose, onChanged }) {
	const [late, setLate] = useState(null);
	const [run, { busy, problem }] = useAction(async () => {
		const { data, status } = await switchKey(row.id, false);
		onChanged(data);
		if (status === 202) {
			setLate(data);
			announce(`${row.name} is disabled, but not confirmed yet`, "warn");
			return;
		}
		announce(`${row.name} is disabled`);
		onClose();
	});
	return (
		<Dialog title={`Disable ${row.name}`} onClose={onClose}>
			<Form onSubmit={run} problem={problem}>
				{late ?
					<Unconfirmed title="The key is disabled" data={late}
						busy={busy} onAgain={run} /> :
					<p>Requests with it are refused until it is enabled again.
						Its secrets stay as they are.</p>}
				<DialogActions>
					<Button onClick={onClose} autofocus>
						{late ? "Close" : "Cancel"}
					</Button>
					{!late && <Button type="submit" kind="danger" busy={busy}>
						Disable
					</Button>}
				</DialogActions>
			</Form>
		</Dialog>
	);
}
