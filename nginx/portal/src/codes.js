// SPDX-License-Identifier: ISC
//
// codes: words of the log, such as key_expired and totp_confirmed, as people read
// them. What one means is in the server's explanation, not here.

const SPELLED = { totp: "TOTP", id: "id", api: "API", ip: "IP", url: "URL" };

// "key_expired" -> "Key expired".
export const formatCode = (code) => {
	const text = code.split("_").map((word) => SPELLED[word] ?? word).join(" ");
	return text.charAt(0).toUpperCase() + text.slice(1);
};

// What happens, in the order of a list to choose from. One that is not here is
// shown all the same.
export const EVENTS = [
	["Keys", ["key_created", "key_changed", "key_rotated", "overlap_begun",
		"secret_ended", "key_disabled", "key_enabled", "key_revoked"]],
	["Connected apps", ["connection_granted", "connection_revoked",
		"token_created", "token_revoked", "connect_code_made", "app_created",
		"app_changed", "app_secret_made", "app_removed", "client_refused"]],
	["Signing in", ["signed_in", "signed_out", "sign_in_failed",
		"reauthenticated", "reauthentication_failed", "password_changed",
		"totp_offered", "totp_confirmed", "totp_removed",
		"recovery_codes_made", "recovery_code_used"]],
	["People and account", ["member_created", "member_changed",
		"member_removed", "member_reset", "member_disabled", "member_enabled",
		"account_created", "account_changed", "account_plan_changed",
		"account_suspended", "account_resumed"]],
	["The log itself", ["audit_read", "audit_exported",
		"personal_data_erased"]],
];
