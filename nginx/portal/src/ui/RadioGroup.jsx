// SPDX-License-Identifier: ISC
//
// RadioGroup: one of a few choices that need a sentence each. OPTIONS is
// [{value, label, hint, disabled}, ...]; VALUE may be null: none is chosen yet.

import { FrameError, FrameHint, useFrame } from "./Frame.jsx";

function Choice({ id, group, option, checked, onInput }) {
	const own = `${id}-${option.value}`;
	return (
		<div class="choice">
			<input type="radio" id={own} name={group} value={option.value}
				checked={checked} disabled={option.disabled}
				aria-describedby={option.hint ? `${own}-hint` : undefined}
				onChange={() => onInput(option.value)} />
			<label for={own}>{option.label}</label>
			<FrameHint id={own} hint={option.hint} />
		</div>
	);
}

export function RadioGroup({ label, hint, error, value, onInput, options,
	inline = false }) {
	const { id, attributes } = useFrame({ hint, error });
	return (
		<fieldset class={`field choices${inline ? " inline" : ""}` +
			(error ? " wrong" : "")} id={id}
			aria-describedby={attributes["aria-describedby"]}>
			<legend>{label}</legend>
			<FrameHint id={id} hint={hint} />
			{options.map((option) => (
				<Choice key={option.value} id={id} group={id} option={option}
					checked={option.value === value} onInput={onInput} />
			))}
			<FrameError id={id} error={error} />
		</fieldset>
	);
}
