// SPDX-License-Identifier: ISC
//
// RecoveryCodes: the codes that stand in for a lost authenticator, shown once; and
// the dialog that makes new ones.

import { useState } from "preact/hooks";

import { request } from "../api.js";
import { download } from "../download.js";
import { useSession } from "../session.js";
import { announce } from "../ui/announce.js";
import { Button } from "../ui/Button.jsx";
import { Dialog, DialogActions, useClose } from "../ui/Dialog.jsx";
import { Reauth } from "../ui/Reauth.jsx";
import { SecretText } from "../ui/SecretText.jsx";

// What is asked before codes that nobody has kept are gone.
export const CODES_GUARD = "The codes have neither been copied nor downloaded, " +
	"and are not shown again.";

const fileText = (session, codes) =>
	`Recovery codes of ${session.member.email}, account ${session.account.id}\n` +
	"Each counts once, in place of a code of the authenticator.\n\n" +
	`${codes.join("\n")}\n`;

function Done() {
	const close = useClose();
	return <Button kind="primary" onClick={close}>Done</Button>;
}

// Inside a dialog: the CODES; onKept is called once they are copied or saved.
export function CodesShown({ codes, onKept }) {
	const session = useSession();
	const save = () => {
		download("hasp-recovery-codes.txt", fileText(session, codes));
		announce("The recovery codes are downloaded");
		onKept();
	};
	return (
		<>
			<p>
				If the authenticator is lost, each of these codes signs you in
				once. Keep them where the authenticator is not; they are not
				shown again.
			</p>
			<SecretText label="Recovery codes" text={codes.join("\n")} lines
				onCopied={onKept} />
			<DialogActions>
				<Button icon="download" onClick={save}>Download</Button>
				<Done />
			</DialogActions>
		</>
	);
}

// New codes in place of the old ones.
export function RecoveryCodes({ onClose }) {
	const [codes, setCodes] = useState(null);
	const [kept, setKept] = useState(false);

	if (codes)
		return (
			<Dialog key="codes" title="Your new recovery codes" onClose={onClose}
				guard={kept ? null : CODES_GUARD}>
				<CodesShown codes={codes} onKept={() => setKept(true)} />
			</Dialog>
		);
	return (
		<Reauth key="ask" title="Make new recovery codes" label="Make new codes"
			onClose={onClose} action={async (proof) => {
				const { data } = await request("POST",
					"/session/recovery-codes", { proof });
				setCodes(data.recovery_codes);
			}}>
			<p>Ten new codes come in place of those you have, which stop
				working.</p>
		</Reauth>
	);
}
