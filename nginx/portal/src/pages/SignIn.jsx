// SPDX-License-Identifier: ISC
//
// SignIn: email and password, then a code of the authenticator or a recovery
// code, if there is an authenticator. Whatever page was asked for follows.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

import { request } from "../api.js";
import { useSession } from "../session.js";
import { Button } from "../ui/Button.jsx";
import { Field } from "../ui/Field.jsx";
import { Form, useAction } from "../ui/Form.jsx";
import { Notice } from "../ui/Notice.jsx";

// A ref to what holds the field to begin with.
const useFocus = (deps) => {
	const place = useRef(null);

	useLayoutEffect(() => place.current.querySelector("input").focus(), deps);
	return place;
};

function First({ who, onInput }) {
	return (
		<div class="steps" ref={useFocus([])}>
			<Field label="Email" type="email" name="email" value={who.email}
				autocomplete="username" required
				onInput={(email) => onInput({ ...who, email })} />
			<Field label="Password" type="password" name="password"
				value={who.password} autocomplete="current-password" required
				onInput={(password) => onInput({ ...who, password })} />
		</div>
	);
}

function Second({ byRecovery, code, onInput, onSwitch }) {
	return (
		<div ref={useFocus([byRecovery])}>
			{byRecovery ?
				<Field key="recovery" label="Recovery code" name="recovery"
					value={code} onInput={onInput} autocomplete="off"
					hint="Each counts once, in place of the authenticator."
					spellcheck={false} required /> :
				<Field key="totp" label="Code of your authenticator" name="totp"
					value={code} onInput={onInput} inputMode="numeric"
					hint="The six digits that it shows now."
					autocomplete="one-time-code" required />}
			<Button kind="quiet" small onClick={onSwitch}>
				{byRecovery ? "Use the authenticator" :
					"Use a recovery code instead"}
			</Button>
		</div>
	);
}

// What POST /session is sent.
const bodyOf = (who, step, code) => {
	if (step === "password") return who;
	return { ...who, [step === "recovery" ? "recovery_code" : "totp"]: code };
};

const useSigningIn = () => {
	const session = useSession();
	const [who, setWho] = useState({ email: "", password: "" });
	const [step, setStep] = useState("password");
	const [code, setCode] = useState("");
	const [run, { busy, problem, setProblem }] = useAction(async () => {
		try {
			const { data } = await request("POST", "/session",
				{ body: bodyOf(who, step, code) });
			session.enter(data);
		} catch (refusal) {
			if (step !== "password" || refusal.code !== "totp_required")
				throw refusal;
			setStep("totp");
		}
	});
	const goTo = (next) => {
		setStep(next);
		setCode("");
		setProblem(undefined);
	};
	return { who, setWho, step, code, setCode, run, busy, problem, goTo,
		ended: session.ended };
};

export function SignIn() {
	const it = useSigningIn();
	const second = it.step !== "password";

	useEffect(() => {
		document.title = "Sign in - Hasp";
	}, []);
	return (
		<main class="alone">
			<div class="card sign-in">
				<h1>{second ? "One more step" : "Sign in to Hasp"}</h1>
				{it.ended && !second && (
					<Notice>
						<p>Your session has ended. Sign in to go on where you
							were.</p>
					</Notice>
				)}
				<Form onSubmit={it.run} problem={it.problem}>
					{second ?
						<Second byRecovery={it.step === "recovery"} code={it.code}
							onInput={it.setCode}
							onSwitch={() => it.goTo(it.step === "recovery" ?
								"totp" : "recovery")} /> :
						<First who={it.who} onInput={it.setWho} />}
					<Button type="submit" kind="primary" busy={it.busy}>
						Sign in
					</Button>
					{second && (
						<Button kind="quiet" onClick={() => it.goTo("password")}>
							Back
						</Button>
					)}
				</Form>
			</div>
		</main>
	);
}
