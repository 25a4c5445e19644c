# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2034,SC2154 # shared variables
#
# site: the programs, nginx with the shipped files around a demo site, and the
# keys to try it with.

site_programs() {
	HASP_AUTH_SOCKET=$RUN/run/auth-check.sock
	HASP_AUTH_PID_FILE=$RUN/run/auth-check.pid
	HASP_CTL="$RUN/bin/haspctl --config $RUN/etc/haspctl.conf"
	cat >"$RUN/etc/auth-check.conf" <<END
[database]
conninfo = $(database_conninfo hasp_auth)
[auth-check]
pid_file = $HASP_AUTH_PID_FILE
END
	cat >"$RUN/etc/haspctl.conf" <<END
[database]
conninfo = $(database_conninfo hasp_operator)
END
	printf '[demo-site]\n' >"$RUN/etc/demo-site.conf"
	supervise auth-check -l "$HASP_AUTH_SOCKET" -- "$RUN/bin/auth-check" \
		--config "$RUN/etc/auth-check.conf"
	supervise demo-site -l "$RUN/run/demo-site.sock" -- \
		"$RUN/bin/demo-site" --config "$RUN/etc/demo-site.conf"
}

# The shipped files as installed here: two paths in them are those of a
# package.
site_snippets() {
	local file
	mkdir "$RUN/etc/hasp"
	for file in "$SOURCE"/nginx/*.conf; do
		sed -e "s|/usr/share/hasp/nginx/|$RUN/etc/hasp/|" \
			-e "s|/run/hasp/auth-check.sock|$HASP_AUTH_SOCKET|" \
			"$file" >"$RUN/etc/hasp/$(basename "$file")"
	done
	"$RUN/bin/haspctl" errors --html >"$RUN/etc/hasp/errors.html"
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

# site_conf PORT
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
		include $RUN/etc/hasp/hasp-server.conf;
		set \$hasp_region main;

		# Any key that may do what the method does.
		location / {
			include $RUN/etc/hasp/hasp-protect.conf;
			include $RUN/etc/hasp/hasp-client-headers.conf;
			include $RUN/etc/hasp/hasp-headers-fastcgi.conf;
			include $RUN/etc/demo.conf;
		}

		# Admin keys only.
		location /admin/ {
			include $RUN/etc/hasp/hasp-protect-admin.conf;
			include $RUN/etc/hasp/hasp-client-headers.conf;
			include $RUN/etc/hasp/hasp-headers-fastcgi.conf;
			include $RUN/etc/demo.conf;
		}

		# Everybody.
		location /public/ {
			include $RUN/etc/hasp/hasp-clear-fastcgi.conf;
			include $RUN/etc/demo.conf;
		}
	}
}
END
}

# Is the port taken? Whoever listens on it answers.
site_port_busy() {
	(exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# nginx writes its pid file once it has the port; it gives up after 2.5 s if
# somebody else was faster.
site_nginx_has_port() {
	local end=$((SECONDS + 4))
	until [ -s "$RUN/web/nginx.pid" ]; do
		[ "$SECONDS" -lt "$end" ] || return 1
		! grep -q 'still could not bind' "$RUN/web/error.log" \
			2>/dev/null || return 1
		sleep 0.05
	done
}

site_nginx() {
	local port tries=0
	HASP_NGINX_CONF=$RUN/etc/nginx.conf
	site_snippets
	site_demo
	for ((port = 8080; port < 65536 && tries < 5; port++)); do
		! site_port_busy "$port" || continue
		site_conf "$port"
		: >"$RUN/log/nginx.log"
		"${AS[@]}" "$NGINX" -t -q -e stderr -p "$RUN/web" \
			-c "$HASP_NGINX_CONF" >>"$RUN/log/nginx.log" 2>&1 ||
			fail 70 "nginx refuses the configuration"
		"${AS[@]}" rm -f "$RUN/web/error.log" "$RUN/web/nginx.pid"
		supervise nginx -- "$NGINX" -e stderr -p "$RUN/web" \
			-c "$HASP_NGINX_CONF" -g 'daemon off;'
		if site_nginx_has_port; then
			HASP_URL=http://127.0.0.1:$port
			HASP_API=$HASP_URL/hasp/v1
			return
		fi
		unsupervise nginx
		tries=$((tries + 1))
	done
	fail 70 "nginx finds no free port"
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

# Not before a key really opens the site. The key goes through a pipe: other
# users can read arguments.
site_opens() {
	curl -sf -o /dev/null -m 5 -H @- "$HASP_URL/" \
		<<<"Authorization: Bearer $HASP_READ_KEY"
}

site_await() {
	await 15 site_opens || fail 70 "the site does not open with a key"
}

show() {
	local stop="Ctrl-C here"
	[ "$DETACH" = no ] || stop="$SOURCE/nginx/quickstart --stop --state '$STATE'"
	cat <<END

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
  curl -i -H 'Authorization: Bearer $HASP_ADMIN_KEY' $HASP_URL/admin/
  # what is my key?
  curl -s -H 'Authorization: Bearer $HASP_READ_KEY' $HASP_API/whoami
  # see the keys; revoke one by its id, and try it again
  $HASP_CTL key list --account $HASP_ACCOUNT
  $HASP_CTL key revoke --yes KEY_ID

All of this for a shell: . '$STATE/env'
Logs: $RUN/log  nginx: $RUN/web/error.log  configuration: $HASP_NGINX_CONF
To end it: $stop
END
}
