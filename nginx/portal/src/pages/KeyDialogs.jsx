// SPDX-License-Identifier: ISC
//
// KeyDialogs: whichever dialog about keys is open. ASKED is {what, row, ...}, what
// the dialog needs to know, or null; onAsk opens another or none, onChanged gets
// what is known of a key after a change.

import { KeyCreate } from "./KeyCreate.jsx";
import { KeyEdit } from "./KeyEdit.jsx";
import { KeyEnd } from "./KeyEnd.jsx";
import { KeyRevoke } from "./KeyRevoke.jsx";
import { KeyRotate } from "./KeyRotate.jsx";
import { KeySecret } from "./KeySecret.jsx";
import { KeySwitch } from "./KeySwitch.jsx";

const DIALOGS = {
	create: KeyCreate,
	edit: KeyEdit,
	end: KeyEnd,
	revoke: KeyRevoke,
	rotate: KeyRotate,
	secret: KeySecret,
	switch: KeySwitch,
};

export function KeyDialogs({ asked, onAsk, onChanged, account, keys = [] }) {
	if (!asked) return null;
	const { what, ...rest } = asked;
	const Shown = DIALOGS[what];
	return (
		<Shown key={what} {...rest} account={account} keys={keys} onAsk={onAsk}
			onChanged={onChanged} onClose={() => onAsk(null)} />
	);
}
