// SPDX-License-Identifier: ISC
//
// CheckBox: yes or no. onInput gets a boolean.

import { FrameError, FrameHint, useFrame } from "./Frame.jsx";

export function CheckBox({ label, hint, error, checked, onInput, ...rest }) {
	const { id, attributes } = useFrame({ hint, error });
	return (
		<div class={error ? "field check wrong" : "field check"}>
			<input {...attributes} type="checkbox" checked={checked} {...rest}
				onChange={(event) => onInput(event.currentTarget.checked)} />
			<label for={id}>{label}</label>
			<FrameHint id={id} hint={hint} />
			<FrameError id={id} error={error} />
		</div>
	);
}
