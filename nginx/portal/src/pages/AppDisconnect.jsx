// SPDX-License-Identifier: ISC
//
// AppDisconnect: takes an app's access back, for good; the server says what stops.

import { disconnectApp, readApp } from "../apps.js";
import { useLoad } from "../load.js";
import { Dialog } from "../ui/Dialog.jsx";
import { Loaded } from "../ui/Loaded.jsx";
import { Notice } from "../ui/Notice.jsx";
import { EndDialog } from "./EndDialog.jsx";

export function AppDisconnect({ guid, onClose, onChanged }) {
	const fresh = useLoad((signal) => readApp(guid, signal), [guid]);
	const app = fresh.data;
	// What the list showed may be over: then there is nothing to revoke.
	if (!app?.revocation && !fresh.loading && !fresh.problem)
		return <Dialog title="Revoke access" onClose={onClose}>
			<Notice><p>The app has no access any more.</p></Notice>
		</Dialog>;
	if (!app)
		return <Dialog title="Revoke access" onClose={onClose}>
			<Loaded from={fresh} what="what that stops" />
		</Dialog>;
	const { connection, name } = app;
	return (
		<EndDialog title={`Revoke access of ${name}`} name={name}
			used={connection.last_used_at} from={connection.last_used_from}
			button="Revoke for good" lateTitle="The access is revoked" reason
			act={(why) => disconnectApp(guid, why)} ended="not_connected"
			said={`The access of ${name} is revoked. None of its tokens is let in ` +
				"any more."}
			onEnded={onChanged} onClose={onClose}>
			<Notice tone="warn" title="This is final">
				<p>{app.revocation.text}</p>
			</Notice>
		</EndDialog>
	);
}
