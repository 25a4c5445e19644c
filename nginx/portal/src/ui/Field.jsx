// SPDX-License-Identifier: ISC
//
// Field: one line or more (ROWS) of text. onInput gets the text.

import { Frame, useFrame } from "./Frame.jsx";

export function Field({ label, hint, error, optional, value, onInput, rows,
	type = "text", ...rest }) {
	const { id, attributes } = useFrame({ hint, error });
	const typed = (event) => onInput(event.currentTarget.value);
	return (
		<Frame {...{ id, label, hint, error, optional }}>
			{rows ?
				<textarea {...attributes} rows={rows} value={value}
					onInput={typed} {...rest} /> :
				<input {...attributes} type={type} value={value}
					onInput={typed} {...rest} />}
		</Frame>
	);
}
