# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2034,SC2154 # shared variables
#
# site: the programs, nginx with the shipped files around a demo site, and the
# keys and the member to try it with.

# What authenticators' secrets are sealed with: root's, readable for accounts.
site_totp_key() {
	(umask 077 && head -c 32 /dev/urandom >"$RUN/secret/totp.key")
	if [ ${#AS[@]} -gt 0 ]; then
		chgrp postgres "$RUN/secret/totp.key"
		chmod 640 "$RUN/secret/totp.key"
	fi
}

# site_config PROGRAM ROLE: its configuration, with standard input at the end.
site_config() {
	{
		printf '[database]\nconninfo = %s\n' "$(database_conninfo "$2")"
		cat
	} >"$RUN/etc/$1.conf"
}

site_programs() {
	HASP_AUTH_SOCKET=$RUN/run/auth-check.sock
	HASP_AUTH_PID_FILE=$RUN/run/auth-check.pid
	HASP_CTL="$RUN/bin/haspctl --config $RUN/etc/haspctl.conf"
	local sealed program
	site_totp_key
	sealed=$(printf '[accounts]\ntotp_key_file = %s' "$RUN/secret/totp.key")
	site_config auth-check hasp_auth <<END
[auth-check]
pid_file = $HASP_AUTH_PID_FILE
END
	site_config keys hasp_keys </dev/null
	site_config accounts hasp_accounts <<<"$sealed"
	site_config apps hasp_apps </dev/null
	site_config audit hasp_audit </dev/null
	site_config haspctl hasp_operator <<<"$sealed"
	for program in auth-check keys accounts apps audit demo-site; do
		printf '[%s]\nmetrics_listen = %s\njournal_folder = %s\n' \
			$program "$RUN/run/$program-metrics.sock" \
			"$RUN/journal/$program" >>"$RUN/etc/$program.conf"
		supervise $program -l "$RUN/run/$program.sock" -- \
			"$RUN/bin/$program" --config "$RUN/etc/$program.conf"
	done
}

# Signs the log once a minute, as whoever runs this: the key that signs is
# not for those that the programs run as.
site_checkpoints() {
	local AS=()
	"$RUN/bin/haspctl" audit keygen "$RUN/secret/audit.key" \
		--name demo.example >>"$RUN/log/haspctl.log" 2>&1 ||
		fail 70 "haspctl audit keygen failed"
	supervise checkpoint -- "$RUN/bin/haspctl" \
		--config "$RUN/etc/haspctl.conf" audit checkpoint --every 60 \
		--key "$RUN/secret/audit.key"
}

# The shipped files as installed here: paths in them are those of a package.
site_snippets() {
	local file
	mkdir "$RUN/etc/hasp"
	for file in "$SOURCE"/nginx/*.conf; do
		sed -e "s|/usr/share/hasp/nginx/|$RUN/etc/hasp/|" \
			-e "s|/usr/share/hasp/portal/|$RUN/etc/portal/|" \
			-e "s|/run/hasp/|$RUN/run/|" \
			"$file" >"$RUN/etc/hasp/$(basename "$file")"
	done
	"$RUN/bin/haspctl" errors --html >"$RUN/etc/hasp/errors.html"
	cp "$SOURCE/docs/openapi.json" "$RUN/etc/hasp/"
}

# The pages, if the build could make them. Sets PAGES to yes or no.
site_portal() {
	local folder
	PAGES=no
	for folder in "$BUILD" "$SOURCE"; do
		if [ -e "$folder/nginx/portal/dist/index.html" ]; then
			cp -R "$folder/nginx/portal/dist" "$RUN/etc/portal"
			chmod -R a+rX "$RUN/etc/portal"
			PAGES=yes
			return
		fi
	done
	say "there are no pages to manage keys with: node and npm build them"
}

# A certificate that nobody but this machine's curl lines trust; the key is
# whoever's that runs nginx.
site_certificate() {
	HASP_CERTIFICATE=$RUN/etc/tls.pem
	(umask 077 && openssl req -x509 -newkey ec -nodes \
		-pkeyopt ec_paramgen_curve:P-256 -days 30 -subj /CN=localhost \
		-addext subjectAltName=IP:127.0.0.1,DNS:localhost \
		-keyout "$RUN/secret/tls.key" -out "$HASP_CERTIFICATE") \
		>>"$RUN/log/openssl.log" 2>&1 ||
		fail 70 "openssl makes no certificate"
	chmod 644 "$HASP_CERTIFICATE"
	if [ ${#AS[@]} -gt 0 ]; then
		chown postgres: "$RUN/secret/tls.key"
	fi
}

# The demo site as nginx sees any FastCGI site (PHP, say).
site_demo() {
	cat >"$RUN/etc/demo.conf" <<END
fastcgi_param REQUEST_METHOD \$request_method;
fastcgi_param REQUEST_URI \$request_uri;
fastcgi_param DOCUMENT_URI \$document_uri;
fastcgi_param CONTENT_TYPE \$content_type;
fastcgi_param CONTENT_LENGTH \$content_length;
fastcgi_param REMOTE_ADDR \$remote_addr;
fastcgi_param REQUEST_ID \$request_id;
# It tells what it got, and has no use for a body.
fastcgi_pass_request_body off;
client_max_body_size 128m;
fastcgi_keep_conn on;
fastcgi_pass demo_site;
END
}

# What both servers are: keys open the site, and are managed beside it.
site_server() {
	cat >"$RUN/etc/server.conf" <<END
set \$hasp_region main;
include $RUN/etc/hasp/hasp-server.conf;
include $RUN/etc/hasp/hasp-manage.conf;
include $RUN/etc/hasp/hasp-metrics.conf;
$([ "$PAGES" = no ] || echo "include $RUN/etc/hasp/hasp-portal.conf;")

# Any key that may do what the method does.
location / {
	include $RUN/etc/hasp/hasp-protect.conf;
	include $RUN/etc/hasp/hasp-headers-fastcgi.conf;
	include $RUN/etc/demo.conf;
}

# Admin keys only.
location /admin/ {
	include $RUN/etc/hasp/hasp-protect-admin.conf;
	include $RUN/etc/hasp/hasp-headers-fastcgi.conf;
	include $RUN/etc/demo.conf;
}

# Everybody.
location /public/ {
	include $RUN/etc/hasp/hasp-clear-fastcgi.conf;
	include $RUN/etc/demo.conf;
}
END
}

# site_conf PORT TLS_PORT
site_conf() {
	cat >"$HASP_NGINX_CONF" <<END
worker_processes 2;
pid $RUN/web/nginx.pid;
error_log $RUN/web/error.log notice;
events { worker_connections 1024; }
http {
	include $RUN/etc/hasp/hasp.conf;
	access_log $RUN/web/access.log hasp;
	client_body_temp_path $RUN/web/body;
	proxy_temp_path $RUN/web/proxy;
	fastcgi_temp_path $RUN/web/fastcgi;
	uwsgi_temp_path $RUN/web/uwsgi;
	scgi_temp_path $RUN/web/scgi;
	upstream demo_site {
		server unix:$RUN/run/demo-site.sock;
		keepalive 8;
	}
	server {
		listen 127.0.0.1:$1;
		include $RUN/etc/server.conf;
	}
	server {
		listen 127.0.0.1:$2 ssl http2;
		ssl_certificate $HASP_CERTIFICATE;
		ssl_certificate_key $RUN/secret/tls.key;
		include $RUN/etc/server.conf;
	}
}
END
}

# Is the port taken? Whoever listens on it answers.
site_port_busy() {
	(exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# site_free_port PORT OTHER: that one or the next that is neither taken nor
# OTHER.
site_free_port() {
	local port=$1
	while [ "$port" -lt 65535 ] &&
		{ [ "$port" = "$2" ] || site_port_busy "$port"; }; do
		port=$((port + 1))
	done
	printf '%s' "$port"
}

# nginx writes its pid file once it has the ports; it gives up after 2.5 s if
# somebody else was faster.
site_nginx_has_ports() {
	local end=$((SECONDS + 4))
	until [ -s "$RUN/web/nginx.pid" ]; do
		[ "$SECONDS" -lt "$end" ] || return 1
		! grep -q 'still could not bind' "$RUN/web/error.log" \
			2>/dev/null || return 1
		sleep 0.05
	done
}

site_nginx() {
	local port=8080 tls=8443 tries
	HASP_NGINX_CONF=$RUN/etc/nginx.conf
	site_snippets
	site_portal
	site_demo
	site_certificate
	site_server
	for ((tries = 0; tries < 5; tries++)); do
		port=$(site_free_port "$port" none)
		tls=$(site_free_port "$tls" "$port")
		site_conf "$port" "$tls"
		: >"$RUN/log/nginx.log"
		"${AS[@]}" "$NGINX" -t -q -e stderr -p "$RUN/web" \
			-c "$HASP_NGINX_CONF" >>"$RUN/log/nginx.log" 2>&1 ||
			fail 70 "nginx refuses the configuration"
		"${AS[@]}" rm -f "$RUN/web/error.log" "$RUN/web/nginx.pid"
		supervise nginx -- "$NGINX" -e stderr -p "$RUN/web" \
			-c "$HASP_NGINX_CONF" -g 'daemon off;'
		if site_nginx_has_ports; then
			HASP_URL=http://127.0.0.1:$port
			HASP_API=$HASP_URL/hasp/v1
			HASP_PORTAL=https://127.0.0.1:$tls
			return
		fi
		unsupervise nginx
		port=$((port + 1)) tls=$((tls + 1))
	done
	fail 70 "nginx finds no free ports"
}

# site_key ROLE ENVIRONMENT: a new key's text.
site_key() {
	"$RUN/bin/haspctl" --config "$RUN/etc/haspctl.conf" --quiet key create \
		--account "$HASP_ACCOUNT" --name "Demo $1 $2" --role "$1" \
		--environment "$2" 2>>"$RUN/log/haspctl.log" ||
		fail 70 "haspctl key create failed"
}

site_keys() {
	local host=${HASP_URL#http://}
	# Where whoever uses the key in another region is sent.
	"$PG_BIN/psql" -X -q -v ON_ERROR_STOP=1 -v "host=$host" \
		>>"$RUN/log/haspctl.log" 2>&1 <<'END' ||
UPDATE hasp.region SET api_host = :'host' WHERE code = 'main';
END
		fail 70 "the demo's region cannot be set up"
	HASP_ACCOUNT=$("$RUN/bin/haspctl" --config "$RUN/etc/haspctl.conf" \
		--quiet account create --name Demo --plan standard \
		--region main 2>>"$RUN/log/haspctl.log") ||
		fail 70 "haspctl account create failed"
	HASP_READ_KEY=$(site_key read live)
	HASP_WRITE_KEY=$(site_key write live)
	HASP_ADMIN_KEY=$(site_key admin live)
	HASP_TEST_KEY=$(site_key read test)
}

# A person who may administer the account, with an authenticator. The secrets
# come through a pipe.
site_member() {
	HASP_ADMIN_EMAIL=admin@demo.example
	{
		read -r HASP_ADMIN_PASSWORD && read -r HASP_ADMIN_TOTP_SECRET
	} < <("$RUN/bin/haspctl" --config "$RUN/etc/haspctl.conf" --quiet \
		member create --account "$HASP_ACCOUNT" --admin --totp \
		--email "$HASP_ADMIN_EMAIL" 2>>"$RUN/log/haspctl.log") ||
		fail 70 "haspctl member create failed"
}

# An app as a publisher has it, which no account is connected to yet. Its secret
# comes through a pipe.
site_app() {
	{
		read -r HASP_APP && read -r HASP_APP_SECRET
	} < <("$RUN/bin/haspctl" --config "$RUN/etc/haspctl.conf" --quiet \
		app create --name "Demo app" --publisher "Demo publisher" \
		2>>"$RUN/log/haspctl.log") ||
		fail 70 "haspctl app create failed"
}

# site_asks URL KEY: opens it with the key, which goes through a pipe: other
# users can read arguments.
site_asks() {
	curl -sf -o /dev/null -m 5 --cacert "$HASP_CERTIFICATE" -H @- "$1" \
		<<<"Authorization: Bearer $2"
}

# Not before a key really opens the site, and the programs answer.
site_opens() {
	site_asks "$HASP_URL/" "$HASP_READ_KEY" &&
		site_asks "$HASP_API/keys" "$HASP_ADMIN_KEY" &&
		site_asks "$HASP_PORTAL/hasp/v1/account" "$HASP_ADMIN_KEY" &&
		site_asks "$HASP_API/apps" "$HASP_ADMIN_KEY" &&
		site_asks "$HASP_API/audit-head" "$HASP_ADMIN_KEY"
}

site_await() {
	await 15 site_opens || fail 70 "the site does not open with a key"
}

show() {
	local stop="Ctrl-C here" api=$HASP_API cookies state pages
	local admin="-H 'Authorization: Bearer $HASP_ADMIN_KEY'"
	local json="-H 'Content-Type: application/json'"
	local cert="--cacert $HASP_CERTIFICATE"
	local client="-u '$HASP_APP:$HASP_APP_SECRET'"
	cookies=$(quoted "$STATE/cookies") state=$(quoted "$STATE")
	pages="$HASP_PORTAL/hasp/  (the certificate signs itself: go on)"
	[ "$PAGES" = yes ] || pages="not built: node and npm are missing"
	[ "$DETACH" = no ] || stop="$SOURCE/nginx/quickstart --stop --state $state"
	cat <<END

Portal:     $pages
Sign in:    $HASP_ADMIN_EMAIL  password $HASP_ADMIN_PASSWORD
            authenticator $HASP_ADMIN_TOTP_SECRET
App:        $HASP_APP  secret $HASP_APP_SECRET
Demo site:  $HASP_URL/  (any key)  $HASP_URL/admin/  (admin keys)  $HASP_URL/public/  (open)
Account id: $HASP_ACCOUNT
Read key:   $HASP_READ_KEY
Write key:  $HASP_WRITE_KEY
Admin key:  $HASP_ADMIN_KEY
Test key:   $HASP_TEST_KEY  (refused here: the site is live)

Try:
  # no key: 401, and the body says what to do
  curl -i $HASP_URL/
  # a key as Bearer, and as Basic with the account id: 200
  curl -i -H 'Authorization: Bearer $HASP_READ_KEY' $HASP_URL/
  curl -i -u '$HASP_ACCOUNT:$HASP_READ_KEY' $HASP_URL/
  # a read key may not write: 403; a write key may: 200
  curl -i -X POST -H 'Authorization: Bearer $HASP_READ_KEY' $HASP_URL/
  curl -i -X POST -H 'Authorization: Bearer $HASP_WRITE_KEY' $HASP_URL/
  # this place demands admin: 403, 200
  curl -i -H 'Authorization: Bearer $HASP_WRITE_KEY' $HASP_URL/admin/
  curl -i $admin $HASP_URL/admin/
  # what is my key?
  curl -s -H 'Authorization: Bearer $HASP_READ_KEY' $api/whoami
  # make a key; see all; a new secret for it; revoke it: 201, 200, 200, 200
  curl -s $admin $json -d '{"name":"Mine","role":"read"}' $api/keys
  curl -s $admin $api/keys
  curl -s $admin -X POST $api/keys/KEY_ID/rotation
  curl -s $admin -X DELETE $api/keys/KEY_ID
  # sign in as a person; CODE is what the authenticator shows
  curl -s $cert -c $cookies $json -d @- $HASP_PORTAL/hasp/v1/session <<<'{"email":"$HASP_ADMIN_EMAIL","password":"$HASP_ADMIN_PASSWORD","totp":"CODE"}'
  curl -s $cert -b $cookies $HASP_PORTAL/hasp/v1/account
  # an app asks the account for a connection, an admin approves it with the
  # code of that answer, the app gets a token: 201, 201, 200
  curl -s $client -d account=$HASP_ACCOUNT -d role=write $api/connect-codes
  curl -s $admin $json -d '{"code":"CONNECT_CODE"}' $api/apps/$HASP_APP/connection
  curl -s $client -d grant_type=client_credentials $api/oauth/token
  # the token opens the site until the account takes access away: 200, 200, 401
  curl -s -H 'Authorization: Bearer TOKEN' $HASP_URL/
  curl -s $admin -X DELETE $api/apps/$HASP_APP/connection
  curl -s -H 'Authorization: Bearer TOKEN' $HASP_URL/
  # what happened, newest first; as CSV; how often keys were used; why was a
  # request refused? REQUEST_ID is in the refusal's body
  curl -s $admin $api/audit-events
  curl -s $admin '$api/audit-events?format=csv'
  curl -s $admin '$api/usage?bucket=hour'
  curl -s $admin $api/audit-events/REQUEST_ID
  # how the programs are doing, for Prometheus; on this machine alone
  curl -s $HASP_URL/hasp/metrics/auth-check
  # everything else that is there
  curl -s $api/openapi.json
  # as the operator
  $HASP_CTL key list --account $HASP_ACCOUNT
  $HASP_CTL member list --account $HASP_ACCOUNT
  $HASP_CTL connection list --account $HASP_ACCOUNT

All of this for a shell: . $(quoted "$STATE/env")
Logs: $RUN/log  nginx: $RUN/web/error.log  configuration: $HASP_NGINX_CONF
To end it: $stop
END
}
