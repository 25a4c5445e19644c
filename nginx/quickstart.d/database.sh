# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2034,SC2154 # shared variables
#
# database: a PostgreSQL cluster of our own. It listens on a Unix socket in RUN
# and nowhere else. The programs log in with SCRAM and passwords made here; the
# superuser only by the kernel's word on who asks (peer).

database_config() {
	cat >"$RUN/etc/postgresql.conf" <<END
listen_addresses = ''
port = $PGPORT
unix_socket_directories = '$RUN/run'
unix_socket_permissions = 0777
password_encryption = scram-sha-256
max_connections = 100
shared_buffers = 64MB
fsync = off
full_page_writes = off
lc_messages = 'C'
log_line_prefix = '%m [%p] %q%u@%d '
END
	cat >"$RUN/etc/pg_hba.conf" <<END
local all postgres peer map=quickstart
local all all scram-sha-256
END
	printf 'quickstart %s postgres\n' root postgres "$ME" |
		sort -u >"$RUN/etc/pg_ident.conf"
}

database_start() {
	PGHOST=$RUN/run PGPORT=5432 PGDATABASE=hasp PGUSER=postgres
	export PGHOST PGPORT PGDATABASE PGUSER
	database_config
	# Whatever LANG says, the cluster speaks UTF-8.
	"${AS[@]}" "$PG_BIN/initdb" --no-sync -D "$RUN/pg" -U postgres -E UTF8 \
		--locale=C.UTF-8 --auth=peer >"$RUN/log/initdb.log" 2>&1 ||
		fail 70 "PostgreSQL cannot make a cluster"
	"${AS[@]}" cp "$RUN/etc/postgresql.conf" "$RUN/etc/pg_hba.conf" \
		"$RUN/etc/pg_ident.conf" "$RUN/pg/"
	# SIGINT ends PostgreSQL without waiting for clients.
	supervise postgresql -i -- "$PG_BIN/postgres" -D "$RUN/pg"
	await 60 "$PG_BIN/pg_isready" -q ||
		fail 70 "PostgreSQL did not start"
}

# await SECONDS COMMAND...: until it succeeds.
await() {
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.05
	done
}

# database_conninfo ROLE: how a program reaches the database.
database_conninfo() {
	printf 'host=%s port=%s dbname=%s user=%s passfile=%s' "$PGHOST" \
		"$PGPORT" "$PGDATABASE" "$1" "$RUN/secret/$1.pgpass"
}

database_fill() {
	local admin="host=$PGHOST port=$PGPORT dbname=$PGDATABASE user=$PGUSER"
	"$RUN/bin/haspctl" --database "$admin" db init \
		--passfile-dir "$RUN/secret" >>"$RUN/log/haspctl.log" 2>&1 ||
		fail 70 "haspctl db init failed"
	"$RUN/bin/haspctl" --database "$admin" db migrate \
		>>"$RUN/log/haspctl.log" 2>&1 ||
		fail 70 "haspctl db migrate failed"
	if [ ${#AS[@]} -gt 0 ]; then
		chown postgres: \
			"$RUN"/secret/hasp_{accounts,apps,audit,auth,keys}.pgpass
	fi
}
