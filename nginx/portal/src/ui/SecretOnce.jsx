// SPDX-License-Identifier: ISC
//
// SecretOnce: a dialog with a secret that is here once and then nowhere: it is kept
// in memory as long as the dialog is open. WHAT names it ("the key"), LOST says what
// to do if it gets lost, FILE is what is offered to download. CHILDREN gets a
// function to call when something else with the secret in it was copied.

import { useEffect, useState } from "preact/hooks";

import { download } from "../download.js";
import { Button } from "./Button.jsx";
import { Dialog, DialogActions, useClose } from "./Dialog.jsx";
import { Notice } from "./Notice.jsx";
import { SecretText } from "./SecretText.jsx";

// The browser asks, too, before the page is left.
const useStaying = (stay) => useEffect(() => {
	if (!stay) return undefined;
	const ask = (event) => event.preventDefault();
	window.addEventListener("beforeunload", ask);
	return () => window.removeEventListener("beforeunload", ask);
}, [stay]);

function Done() {
	const close = useClose();
	return <Button kind="primary" onClick={close}>Done</Button>;
}

export function SecretOnce({ title, label, what, secret, lost, file, onClose,
	children }) {
	const [taken, setTaken] = useState(false);
	const take = () => setTaken(true);
	useStaying(!taken);
	return (
		<Dialog title={title} onClose={onClose} wide guard={taken ? null :
			`${what[0].toUpperCase()}${what.slice(1)} has not been copied. ` +
				"It cannot be shown again."}>
			<Notice title="This is the only time it is shown">
				<p>It is stored nowhere: copy it now to where the program reads
					it. If it gets lost, {lost}.</p>
			</Notice>
			<SecretText label={label} what={what} text={secret}
				onCopied={take} first />
			{children(take)}
			<DialogActions>
				<Button icon="download" onClick={() => {
					download(".env", file);
					take();
				}}>Download .env</Button>
				<Done />
			</DialogActions>
		</Dialog>
	);
}
