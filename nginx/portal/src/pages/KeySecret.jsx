// SPDX-License-Identifier: ISC
//
// KeySecret: the text of a key, which is here once and then nowhere. It is kept in
// memory as long as the dialog is open.

import { useEffect, useState } from "preact/hooks";

import { download } from "../download.js";
import { Button } from "../ui/Button.jsx";
import { Dialog, DialogActions, useClose } from "../ui/Dialog.jsx";
import { Facts } from "../ui/Facts.jsx";
import { Notice } from "../ui/Notice.jsx";
import { SecretText } from "../ui/SecretText.jsx";
import { Time } from "../ui/Time.jsx";
import { TryLine } from "./TryLine.jsx";

const envText = (account, row, secret) => [
	`# ${row.name}`,
	`HASP_ACCOUNT=${account.id}`,
	`HASP_KEY=${secret}`,
	`HASP_URL=https://${account.region.api_host}`,
	"",
].join("\n");

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

// Of a rotation that is not true everywhere yet.
function Late({ until }) {
	return (
		<Notice tone="warn" title="Not confirmed everywhere yet">
			<p>
				Some programs that check keys may not know the new secret yet,
				and may let the old one in longer
				{until ? <>, at most until <Time at={until} exact /></> : ""}.
			</p>
		</Notice>
	);
}

export function KeySecret({ row, secret, warning, late, title, account,
	onClose }) {
	const [taken, setTaken] = useState(false);
	const take = () => setTaken(true);
	useStaying(!taken);
	return (
		<Dialog title={title} onClose={onClose} wide guard={taken ? null :
			"The key has not been copied. It cannot be shown again."}>
			<Notice tone="info" title="This is the only time it is shown">
				<p>It is stored nowhere: copy it now to where the program reads
					it. If it gets lost, rotate the key.</p>
			</Notice>
			{warning && <Notice tone="warn"><p>{warning}</p></Notice>}
			{late && <Late until={late.confirm_after} />}
			<SecretText label={row.name} what="the key" text={secret}
				onCopied={take} />
			<Facts items={[
				["User name", <code>{account.id}</code>],
				["Password", "the key"],
				["API host", <code>{account.region.api_host}</code>],
			]} />
			<TryLine account={account} text={secret} onCopied={take} />
			<DialogActions>
				<Button icon="download" onClick={() => {
					download(".env", envText(account, row, secret));
					take();
				}}>Download .env</Button>
				<Done />
			</DialogActions>
		</Dialog>
	);
}
