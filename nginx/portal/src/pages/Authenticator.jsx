// SPDX-License-Identifier: ISC
//
// Authenticator: the dialogs that set an authenticator up, in three steps, and
// remove it.

import { useState } from "preact/hooks";

import { request } from "../api.js";
import { useSession } from "../session.js";
import { announce } from "../ui/announce.js";
import { Button } from "../ui/Button.jsx";
import { Dialog, DialogActions } from "../ui/Dialog.jsx";
import { Field } from "../ui/Field.jsx";
import { Form, useAction } from "../ui/Form.jsx";
import { Qr } from "../ui/Qr.jsx";
import { Reauth } from "../ui/Reauth.jsx";
import { SecretText } from "../ui/SecretText.jsx";
import { CODES_GUARD, CodesShown } from "./RecoveryCodes.jsx";

// Refusals that belong at the field for the code.
const OF_CODE = ["sign_in_failed", "totp_replayed"];

function Confirm({ offer, onConfirmed, onClose }) {
	const [code, setCode] = useState("");
	const [run, { busy, problem }] = useAction(async () => {
		const { data } = await request("POST", "/session/totp/confirmation",
			{ body: { totp: code } });
		onConfirmed(data.recovery_codes);
	});
	const atField = OF_CODE.includes(problem?.code);
	return (
		<Form onSubmit={run} problem={problem} atField={atField}>
			<div class="columns">
				<div class="steps">
					<p>1. Scan this with the authenticator.</p>
					<Qr svg={offer.qr_svg}
						label="QR code of the authenticator's secret" />
				</div>
				<div class="steps">
					<SecretText label="Or type it in" text={offer.secret}
						what="the authenticator's secret" />
					<Field label="2. The code that it shows now" value={code}
						onInput={setCode} inputMode="numeric"
						autocomplete="one-time-code" required
						error={atField ? "This is not the code. Wait for the " +
							"next one and try again." : problem?.of?.("totp")} />
				</div>
			</div>
			<DialogActions>
				<Button onClick={onClose}>Cancel</Button>
				<Button type="submit" kind="primary" busy={busy}>
					Confirm
				</Button>
			</DialogActions>
		</Form>
	);
}

const useSteps = () => {
	const session = useSession();
	const [offer, setOffer] = useState(null);
	const [codes, setCodes] = useState(null);
	return {
		offer, codes,
		ask: async (proof) => {
			const { data } = await request("POST", "/session/totp", { proof });
			setOffer(data);
		},
		confirmed: (made) => {
			setCodes(made);
			session.update({ totp: true });
			announce("The authenticator is set up");
		},
	};
};

// REPLACING: there is one already.
export function AuthenticatorSetUp({ replacing, onClose }) {
	const { offer, codes, ask, confirmed } = useSteps();
	const [kept, setKept] = useState(false);

	if (!offer)
		return (
			<Reauth key="ask" title="Set up an authenticator" label="Continue"
				action={ask} onClose={onClose}>
				<p>
					An authenticator is an app that shows a new code every 30
					seconds. Signing in then takes one besides the password.
					{replacing && " The one you have counts until the new one " +
						"is confirmed."}
				</p>
			</Reauth>
		);
	if (!codes)
		return (
			<Dialog key="scan" wide title="Set up an authenticator"
				onClose={onClose}>
				<Confirm offer={offer} onConfirmed={confirmed}
					onClose={onClose} />
			</Dialog>
		);
	return (
		<Dialog key="codes" title="Your recovery codes" onClose={onClose}
			guard={kept ? null : CODES_GUARD}>
			<CodesShown codes={codes} onKept={() => setKept(true)} />
		</Dialog>
	);
}

export function AuthenticatorRemove({ onClose }) {
	const session = useSession();
	return (
		<Reauth title="Remove the authenticator" label="Remove" kind="danger"
			onClose={onClose} action={async (proof) => {
				await request("DELETE", "/session/totp", { proof });
				session.update({ totp: false });
				announce("The authenticator and its recovery codes are removed");
				onClose();
			}}>
			<p>Signing in will take nothing but the password. The recovery codes
				end, too.</p>
		</Reauth>
	);
}
