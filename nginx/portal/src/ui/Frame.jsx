// SPDX-License-Identifier: ISC
//
// Frame: what every field has around it: label, hint, error.

import { useId } from "preact/hooks";

import { Icon } from "./Icon.jsx";

// {id, attributes}: of the control, so that hint and error are read with it.
export const useFrame = ({ hint, error }) => {
	const id = useId();
	const parts = [hint && `${id}-hint`, error && `${id}-error`];
	const describedBy = parts.filter(Boolean).join(" ");
	return {
		id,
		attributes: {
			id,
			"aria-describedby": describedBy || undefined,
			"aria-invalid": error ? "true" : undefined,
		},
	};
};

export function FrameHint({ id, hint }) {
	return hint ? <p class="hint" id={`${id}-hint`}>{hint}</p> : null;
}

export function FrameError({ id, error }) {
	return error ? (
		<p class="field-error" id={`${id}-error`}>
			<Icon name="bad" />
			<span>{error}</span>
		</p>
	) : null;
}

// The control stands between the hint and the error.
export function Frame({ id, label, hint, error, optional, children }) {
	return (
		<div class={error ? "field wrong" : "field"}>
			<label for={id}>
				{label}
				{optional && <span class="optional"> (optional)</span>}
			</label>
			<FrameHint id={id} hint={hint} />
			{children}
			<FrameError id={id} error={error} />
		</div>
	);
}
