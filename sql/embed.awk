# SPDX-License-Identifier: ISC
#
# Embeds SQL files into C. POSIX awk (mawk, gawk, busybox); files are given as
# arguments, so that it works from any folder:
#
#	awk -f sql/embed.awk -v kind=statements sql/statements/*.sql \
#	    >common/statements.inc
#	awk -f sql/embed.awk -v kind=migrations sql/migrations/*.sql \
#	    >common/migrations.inc
#
# Give -v before the files. Run it with LC_ALL=C, write into a temporary file
# and rename that: after a mistake the exit status is 1 and the output is
# incomplete. The .inc files depend on every .sql file and on this one.
#
# statements: one line a file,
#	S(LOOK_UP_KEYS, "look_up_keys", 1, true, "SELECT ...")
# name in capitals, name, parameters, whether it only reads, SQL without
# comments. A file begins with comment lines: what it does, `-- $1 name type`
# for each parameter, `-- columns: ...`, `-- roles: ...` (who may run it) and
# `-- reads` or `-- writes`. Comments stand on lines of their own.
#
# migrations: one line a file, in order of number,
#	M(1, "0001_accounts.sql", "...")
# with every byte of the file.

function fail(what)
{
	printf "%s: %s\n", file == "" ? "embed.awk" : file, what >"/dev/stderr"
	failed = 1
	exit 1
}

function escape(text)
{
	gsub(/\\/, "&&", text)
	gsub(/"/, "\\\\&", text)
	return text
}

function base(path)
{
	sub(/.*\//, "", path)
	return path
}

# The number of the highest $n in TEXT.
function highest(text,   most, n)
{
	most = 0
	while (match(text, /\$[0-9]+/)) {
		n = substr(text, RSTART + 1, RLENGTH - 1) + 0
		if (n > most)
			most = n
		text = substr(text, RSTART + RLENGTH)
	}
	return most
}

function finish_statement(   name)
{
	name = base(file)
	sub(/\.sql$/, "", name)
	if (name !~ /^[a-z][a-z0-9_]*$/)
		fail("the file's name must be lower-case words and _")
	if (access == "")
		fail("says neither -- reads nor -- writes")
	if (!has_columns || !has_roles)
		fail("says no -- columns: or no -- roles:")
	if (sql == "")
		fail("holds no statement")
	if (sql ~ /;/)
		fail("holds a semicolon")
	if (highest(sql) != params)
		fail("names " params " parameters and uses " highest(sql))
	printf "S(%s, \"%s\", %d, %s,\n%s)\n", toupper(name), name, params,
	    access == "reads" ? "true" : "false", sql
}

function finish_migration()
{
	printf "M(%d, \"%s\",\n%s)\n", number, base(file), sql
}

function finish()
{
	if (file == "")
		return
	if (kind == "statements")
		finish_statement()
	else
		finish_migration()
}

function start_migration()
{
	if (base(file) !~ /^[0-9][0-9][0-9][0-9]_[a-z0-9_]+\.sql$/)
		fail("the file's name must be like 0001_accounts.sql")
	if (substr(base(file), 1, 4) + 0 <= number)
		fail("its number is not above the one before it")
	number = substr(base(file), 1, 4) + 0
}

BEGIN {
	if (kind != "statements" && kind != "migrations")
		fail("give -v kind=statements or -v kind=migrations")
	printf "/* Made by sql/embed.awk; do not edit. */\n"
}

FNR == 1 {
	finish()
	file = FILENAME
	sql = access = ""
	params = has_columns = has_roles = 0
	if (kind == "migrations")
		start_migration()
}

/[^\t -~]/ {
	fail("line " FNR " holds a byte that is not plain ASCII")
}

kind == "migrations" {
	sql = sql (sql == "" ? "" : "\n") "\"" escape($0) "\\n\""
	next
}

/^-- \$[0-9]+ [a-z_]+ / {
	params++
	if ($2 != "$" params)
		fail("line " FNR ": parameters must be named in order")
	next
}

/^-- columns:/ { has_columns = 1 }
/^-- roles: [a-z]/ { has_roles = 1 }
/^-- (reads|writes)$/ { access = $2 }
/^--/ || /^[\t ]*$/ { next }

/--/ {
	fail("line " FNR ": comments stand on lines of their own")
}

{
	sql = sql (sql == "" ? "" : "\n") "\"" escape($0) "\\n\""
}

END {
	if (failed)
		exit 1
	finish()
}
