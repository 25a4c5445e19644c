// SPDX-License-Identifier: ISC
//
// Announcer: shows what announce() says, and has it read aloud. It is a popover,
// so that it lies above dialogs; the live region in a dialog is the dialog's
// own (Said), because what is outside of an open one is not read.

import { useEffect, useRef, useState } from "preact/hooks";

import { listen, register } from "./announce.js";
import { Button } from "./Button.jsx";
import { Icon } from "./Icon.jsx";

const SHOWN_MS = 8000;

// A live region: one on the page, and one in every dialog.
export function Said() {
	const [text, setText] = useState("");

	useEffect(() => register(setText), []);
	return <div class="unseen" role="status">{text}</div>;
}

export function Announcer() {
	const [message, setMessage] = useState(null);
	const toast = useRef(null);

	useEffect(() => listen(setMessage), []);
	useEffect(() => {
		// Shown anew it lies above a dialog that was opened meanwhile.
		if (toast.current.matches(":popover-open")) toast.current.hidePopover();
		if (!message) return undefined;
		toast.current.showPopover();
		const timer = setTimeout(() => setMessage(null), SHOWN_MS);
		return () => clearTimeout(timer);
	}, [message]);
	return (
		<>
			<Said />
			<div ref={toast} class={`toast ${message?.tone ?? ""}`}
				popover="manual">
				{message && <Icon name={message.tone} />}
				<span aria-hidden="true">{message?.text}</span>
				<Button kind="quiet" small icon="close" aria-label="Close message"
					onClick={() => setMessage(null)} />
			</div>
		</>
	);
}
