// SPDX-License-Identifier: ISC
//
// Keys: the keys of the account.

import { useMemo, useRef, useState } from "preact/hooks";

import { useAccount } from "../account.js";
import { filterKeys } from "../keyfilter.js";
import { listKeys, refusalOf } from "../keys.js";
import { useList } from "../load.js";
import { useMembers } from "../members.js";
import { replace } from "../route.js";
import { Button } from "../ui/Button.jsx";
import { Empty } from "../ui/Empty.jsx";
import { ErrorBox } from "../ui/ErrorBox.jsx";
import { Loading } from "../ui/Loading.jsx";
import { Page } from "../ui/Page.jsx";
import { KeyDialogs } from "./KeyDialogs.jsx";
import { KeyCount, KeyFilter } from "./KeyFilter.jsx";
import { KeyNotices } from "./KeyNotices.jsx";
import { useSparks } from "./KeySpark.jsx";
import { KeyTable } from "./KeyTable.jsx";
import { TryLine } from "./TryLine.jsx";

const IN_ADDRESS = ["status", "role", "environment", "order"];

// {wanted, want}: what the list is filtered by, and how that is changed.
const useWanted = (query) => {
	const [text, setText] = useState("");
	const chosen = Object.fromEntries(IN_ADDRESS.map((name) =>
		[name, query[name] ?? ""]));
	const want = (change) => {
		if ("text" in change) setText(change.text);
		else replace("/keys", { ...chosen, ...change });
	};
	return { wanted: { ...chosen, text }, want };
};

// A key that was made meanwhile may come once more with a later page.
const unique = (keys) => [...new Map(keys.map((key) =>
	[key.id, key])).values()];

const useKeys = () => {
	const list = useList(listKeys, [], true);
	const keys = useMemo(() => unique(list.items), [list.items]);
	// Those that were revoked on this page stay in sight.
	const [kept, setKept] = useState(() => new Set());
	const changed = (row) => {
		if (row.status === "revoked") setKept(new Set([...kept, row.id]));
		list.setItems((items) => items.some((one) => one.id === row.id) ?
			items.map((one) => one.id === row.id ? { ...one, ...row } : one) :
			[...items, row]);
	};
	return { list, keys, kept, changed };
};

const isAsItComes = (wanted) => Object.values(wanted).every((one) =>
	one === "");

// What there was first, as long as it is HELD: who looks at the first rows is not
// to lose them with every page that comes, and the rest comes sooner.
const useSteady = (keys, held) => {
	const first = useRef([]);
	if (!held || first.current.length === 0) first.current = keys;
	return first.current;
};

function NoKeys({ account, action }) {
	return (
		<Empty icon="key" title="No keys yet" action={action}>
			<p>
				A program shows who it is with a key: it sends the number of
				the account as the user name and the key as the password.
			</p>
			{account && <TryLine account={account} text="YOUR_KEY" />}
		</Empty>
	);
}

function Listed({ state, account, wanted, want, onAsk, action }) {
	const { list, keys, kept } = state;
	const members = useMembers();
	const sparks = useSparks();
	const loading = list.loading || list.hasMore;
	const steady = useSteady(keys, loading && isAsItComes(wanted));
	const rows = useMemo(() => filterKeys(steady, wanted, kept),
		[steady, kept, JSON.stringify(wanted)]);
	// The same as before is not looked at again.
	const table = useMemo(() => <KeyTable {...{ rows, wanted, members, onAsk }}
		sparks={loading ? null : sparks} />, [rows, members, loading, onAsk]);
	if (keys.length === 0 && list.problem) return null;
	if (keys.length === 0 && loading) return <Loading what="keys" />;
	if (keys.length === 0) return <NoKeys account={account} action={action} />;
	const hidden = wanted.status !== "" ? 0 : keys.filter((key) =>
		key.status === "revoked" && !kept.has(key.id)).length;
	return (
		<>
			<KeyFilter keys={keys} wanted={wanted} onInput={want} />
			<KeyCount {...{ rows, keys, loading, hidden }} />
			{rows.length > 0 && table}
			{rows.length === 0 && !loading && (
				<Empty title="No key is like that" action={
					<Button onClick={() => {
						want({ text: "" });
						replace("/keys", { status: "all" });
					}}>Show all keys</Button>
				} />
			)}
		</>
	);
}

export function Keys({ query }) {
	const account = useAccount();
	const state = useKeys();
	const { wanted, want } = useWanted(query);
	const [asked, onAsk] = useState(null);
	const { list, keys } = state;
	const make = (
		<Button kind="primary" icon="key" onClick={() =>
			onAsk({ what: "create" })} disabled={!account.data ||
				refusalOf(account.data) !== null}>New key</Button>
	);
	return (
		<Page title="Keys" lead="What programs show to be let in."
			actions={keys.length > 0 && make}>
			{account.problem && <ErrorBox problem={account.problem}
				onRetry={account.reload} />}
			{list.problem && <ErrorBox problem={list.problem}
				onRetry={keys.length > 0 ? list.more : list.reload} />}
			<KeyNotices keys={keys} account={account.data} />
			<Listed {...{ state, wanted, want }} account={account.data}
				onAsk={onAsk} action={make} />
			<KeyDialogs {...{ asked, onAsk, keys }} account={account.data}
				onChanged={(row) => {
					state.changed(row);
					account.reload();
				}} />
		</Page>
	);
}
