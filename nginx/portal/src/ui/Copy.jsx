// SPDX-License-Identifier: ISC
//
// Copy: puts a text on the clipboard and says so. Without a clipboard, as over
// plain HTTP, it shows the text selected, to be copied by hand.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

import { announce } from "./announce.js";
import { Button } from "./Button.jsx";

const SHOWN_MS = 2500;

const toClipboard = async (text) => {
	try {
		await navigator.clipboard.writeText(text);
		return true;
	} catch {
		return false;
	}
};

function ByHand({ text }) {
	const input = useRef(null);

	useLayoutEffect(() => {
		input.current.focus();
		input.current.select();
	}, []);
	return (
		<input ref={input} class="by-hand" readOnly value={text}
			aria-label="Text to copy: Ctrl+C" />
	);
}

// WHAT: the noun for screen readers, as in "Copy account id"; SAID: what is
// announced; onCopied is called either way. FIRST: a dialog begins here.
export function Copy({ text, label = "Copy", what, said, onCopied,
	small = true, kind = "plain", first }) {
	const [state, setState] = useState("ready");

	useEffect(() => {
		if (state !== "done") return undefined;
		const timer = setTimeout(() => setState("ready"), SHOWN_MS);
		return () => clearTimeout(timer);
	}, [state]);
	const clicked = async () => {
		const done = await toClipboard(text);
		setState(done ? "done" : "by hand");
		if (done) announce(said ?? `Copied ${what ?? "it"}`);
		onCopied?.();
	};
	const word = state === "done" ? "Copied" : label;
	return (
		<span class="copy">
			<Button kind={kind} small={small} onClick={clicked}
				data-first={first || undefined}
				icon={state === "done" ? "good" : "copy"}
				aria-label={what ? `${word} ${what}` : undefined}>
				{word}
			</Button>
			{state === "by hand" && <ByHand text={text} />}
		</span>
	);
}
