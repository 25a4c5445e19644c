// SPDX-License-Identifier: ISC
//
// Dialog: a question that has to be answered before anything else. It is open as
// long as it is there; the browser keeps the focus inside and gives it back.

import { createContext } from "preact";
import { useContext, useId, useLayoutEffect, useRef, useState }
	from "preact/hooks";

import { useHold } from "../route.js";
import { Said } from "./Announcer.jsx";
import { Button } from "./Button.jsx";
import { Icon } from "./Icon.jsx";

const Closing = createContext(null);

// What the buttons in a dialog call to close it; it may ask first.
export const useClose = () => useContext(Closing);

// Asks once before what is not kept is gone.
function Guard({ text, onStay, onLeave }) {
	const stay = useRef(null);

	useLayoutEffect(() => stay.current.querySelector("button").focus(), []);
	return (
		<div class="guard" role="alertdialog" aria-label={text} ref={stay}>
			<p><Icon name="warn" /> <span>{text}</span></p>
			<div class="actions">
				<Button kind="primary" onClick={onStay}>Go back</Button>
				<Button kind="danger" onClick={onLeave}>Close anyway</Button>
			</div>
		</div>
	);
}

// What has data-first gets the focus; autofocus is for the page, and Chromium says
// so. GUARD: the question to ask before it closes or somebody goes back, or null.
// onClose: it is to go.
export function Dialog({ title, onClose, guard = null, wide = false, children }) {
	const dialog = useRef(null);
	const [asking, setAsking] = useState(false);
	const id = useId();

	useLayoutEffect(() => {
		const shown = dialog.current;
		shown.showModal();
		shown.querySelector("[data-first]")?.focus();
		return () => shown.close();
	}, []);
	useHold(guard !== null, () => setAsking(true));
	const close = () => {
		if (guard && !asking) setAsking(true);
		else onClose();
	};
	// Browsers let Esc be refused once only; the key itself they do not mind.
	const keyed = (event) => {
		if (event.key !== "Escape") return;
		event.preventDefault();
		event.stopPropagation();
		close();
	};
	return (
		<dialog ref={dialog} class={wide ? "wide" : ""} aria-labelledby={id}
			onKeyDown={keyed} onCancel={(event) => {
				event.preventDefault();
				close();
			}}>
			<Closing.Provider value={close}>
				<div class="dialog-head">
					<h2 id={id}>{title}</h2>
					<Button kind="quiet" icon="close" aria-label="Close"
						onClick={close} />
				</div>
				{asking && guard && (
					<Guard text={guard} onStay={() => setAsking(false)}
						onLeave={onClose} />
				)}
				<div class="dialog-body">{children}</div>
			</Closing.Provider>
			<Said />
		</dialog>
	);
}

// The row of buttons at a dialog's end.
export function DialogActions({ children }) {
	return <div class="actions dialog-actions">{children}</div>;
}
