# SPDX-License-Identifier: ISC
"""Mistakes an operator can make with the shipped nginx files: each must be
refused by `nginx -t` or refuse requests; none may let anybody in."""

import pathlib

import pytest

from fastcgi_answer import Answerer
from nginx_server import Nginx, SOURCE
from wire import ask

ALLOWED = (b"Status: 204\r\nX-Hasp-Account: 7\r\nX-Hasp-Role: read\r\n\r\n")
REFUSED = (b"Status: 401\r\nHasp-Status: 401\r\nHasp-Code: told\r\n"
           b"Hasp-Problem: {\"code\":\"told\"}\r\n\r\n")
GOOD = {"Authorization": "good"}


def answer(call):
    """Only the word "good" is a key."""
    return ALLOWED if call.get("HTTP_AUTHORIZATION") == "good" else REFUSED


@pytest.fixture(name="run")
def make_run(needs_nginx, folder, site, tmp_path_factory):
    """run(text): nginx with TEXT in http {}, where @SITE@ is a site, and the
    check behind it; ends with the test."""
    made = []
    root = folder / tmp_path_factory.mktemp("x").name

    def run(text, start=True):
        where = root / str(len(made))
        pages = where / "pages"
        pages.mkdir(parents=True)
        (pages / "index.html").write_text("page", encoding="ascii")
        (pages / "sub").mkdir()
        (pages / "sub" / "index.html").write_text("sub", encoding="ascii")
        text = text.replace("@SITE@", f"proxy_pass http://127.0.0.1:"
                            f"{site.port}")
        text = text.replace("@PAGES@", f"root {pages}")
        nginx = Nginx(where / "n", text)
        if start:
            answerer = Answerer(nginx.auth_socket, answer)
            made.append((nginx.start(), answerer))
            return nginx, answerer
        made.append((nginx, None))
        return nginx, None

    yield run
    for nginx, answerer in made:
        nginx.stop()
        if answerer is not None:
            answerer.close()


def server(text, port="@PORT@", more=""):
    return f"server {{ listen {port} {more}; {text} }}\n"


def status(nginx, path, headers=(), method="GET", **more):
    return ask(nginx.port, method, path, headers, **more).status


# -- the server snippet is missing ------------------------------------------

@pytest.mark.parametrize("file", ["hasp-protect.conf",
                                  "hasp-protect-read.conf",
                                  "hasp-protect-write.conf",
                                  "hasp-protect-admin.conf"])
def test_protect_without_server_snippet_fails_nginx_t(run, file):
    nginx, _ = run(server(f"location / {{ include @H@/{file}; @SITE@; }}"),
                   start=False)
    code, said = nginx.test()
    assert code != 0
    assert 'unknown "hasp_server_snippet" variable' in said \
        or 'unknown "hasp_guard" variable' in said


def test_alone_hasp_conf_is_fine(run):
    nginx, _ = run(server("location / { @SITE@; }"), start=False)
    assert nginx.test()[0] == 0


def test_server_snippet_in_another_server_only(run):
    """nginx -t cannot see it, so the server refuses at run time; also where
    a nested location inherits the check but not the `if`."""
    nginx, answerer = run(
        server("include @H@/hasp-server.conf;", more="default_server")
        + server("""
            server_name forgot;
            location / {
                include @H@/hasp-protect.conf; @SITE@;
                location /nested/ { @SITE@; }
            }
            location /admin/ { include @H@/hasp-protect-admin.conf; @SITE@; }
        """))
    for path in ("/", "/admin/"):
        reply = ask(nginx.port, "GET", path, {"Host": "forgot", **GOOD})
        assert reply.status == 503
        assert reply.json()["code"] == "site_misconfigured"
    assert status(nginx, "/nested/", {"Host": "forgot", **GOOD}) == 500
    assert status(nginx, "/nested/", {
        "Host": "forgot", "Authorization": "Basic Og=="}) == 500
    assert not answerer.calls


# -- what a location demands ---------------------------------------------

def demands(answerer):
    call = answerer.calls[-1]
    return {call.get("HASP_REQUIRE"), call.get("HASP_DEMAND")}


@pytest.mark.parametrize("first, at_server, before, after, seen", [
    ("", "", "", "", {"auto"}),
    ("", "", "admin", "", {"admin"}),
    ("", "", "", "admin", {"admin"}),
    ("", "auto", "admin", "", {"admin"}),
    ("", "admin", "", "", {"admin"}),
    ("", "admin", "read", "", {"read"}),
    # A line above the server snippet runs again inside the check.
    ("auto", "", "admin", "", {"auto", "admin"}),
    ("auto", "", "", "admin", {"auto", "admin"}),
    ("auto", "", "write", "admin", {"auto", "admin"}),
    ("admin", "", "", "", {"admin"}),
])
def test_demand_by_set(run, first, at_server, before, after, seen):
    """auth-check takes the stricter of the two copies."""
    def line(role):
        return f"set $hasp_require {role};" if role else ""

    nginx, answerer = run(server(f"""
        {line(first)}
        include @H@/hasp-server.conf;
        {line(at_server)}
        location / {{
            {line(before)} include @H@/hasp-protect.conf; {line(after)}
            @SITE@;
        }}
    """))
    assert status(nginx, "/", GOOD) == 200
    assert demands(answerer) == seen


@pytest.mark.parametrize("role", ["read", "write", "admin"])
def test_demand_of_a_file_is_inherited(run, role):
    nginx, answerer = run(server(f"""
        include @H@/hasp-server.conf;
        set $hasp_require auto;
        location / {{
            include @H@/hasp-protect-{role}.conf; @SITE@;
            location /nested/ {{ @SITE@; }}
            location ~ \\.php$ {{ @SITE@; }}
        }}
    """))
    for path in ("/", "/nested/", "/x.php", "/nested/x.php"):
        assert status(nginx, path, GOOD) == 200
        assert role in demands(answerer)


def test_nested_location_does_not_lose_a_demand_by_set(run):
    """nginx hands the check down, but no `set`: such a location sends a
    demand that auth-check refuses as unknown."""
    nginx, answerer = run(server("""
        include @H@/hasp-server.conf;
        location /admin/ {
            set $hasp_require admin; include @H@/hasp-protect.conf; @SITE@;
            location /admin/x/ { @SITE@; }
            location /admin/y/ {
                set $hasp_require admin; include @H@/hasp-protect.conf;
                @SITE@;
            }
        }
    """))
    status(nginx, "/admin/x/", GOOD)
    assert demands(answerer) == {"auto", "location-without-include"}
    assert status(nginx, "/admin/y/", GOOD) == 200
    assert demands(answerer) == {"admin"}


def test_site_file_protects_everything(run):
    nginx, answerer = run(server("""
        include @H@/hasp-site.conf;
        location / { @SITE@; }
        location /admin/ { set $hasp_require admin; @SITE@; }
        location /adm2/ {
            include @H@/hasp-protect-admin.conf; @SITE@;
            location /adm2/x/ { @SITE@; }
        }
        location /open/ {
            auth_request off; include @H@/hasp-clear-proxy.conf; @SITE@;
        }
        location ~ \\.txt$ { @SITE@; }
        location /pages/ { @PAGES@; }
    """))
    for path in ("/", "/admin/", "/adm2/", "/adm2/x/", "/x.txt", "/pages/"):
        reply = ask(nginx.port, "GET", path)
        assert (reply.status, reply.json()["code"]) == (401, "told"), path
    assert status(nginx, "/open/") == 200
    assert status(nginx, "/", GOOD) == 200
    for path in ("/admin/", "/adm2/", "/adm2/x/"):
        assert status(nginx, path, GOOD) == 200
        assert "admin" in demands(answerer), path


def test_protect_files_differ_in_the_check_s_address_only():
    def rules(name):
        text = (SOURCE / "nginx" / name).read_text(encoding="ascii")
        return [line for line in text.splitlines()
                if not line.startswith("#")]

    plain = rules("hasp-protect.conf")
    for role in ("read", "write", "admin"):
        expected = [line.replace("/_hasp/check;", f"/_hasp/check/{role};")
                    for line in plain]
        assert rules(f"hasp-protect-{role}.conf") == expected
        assert expected != plain


# -- other directives around it --------------------------------------------

def test_satisfy_any_beside_it_fails_nginx_t(run):
    nginx, _ = run(server("""
        include @H@/hasp-server.conf;
        location / { satisfy any; allow all;
            include @H@/hasp-protect.conf; @SITE@; }
    """), start=False)
    code, said = nginx.test()
    assert code != 0 and '"satisfy" directive is duplicate' in said


def test_satisfy_any_around_it_does_not_open(run):
    nginx, _ = run("satisfy any;" + server("""
        allow all;
        include @H@/hasp-server.conf;
        location / { include @H@/hasp-protect.conf; @SITE@; }
    """))
    assert status(nginx, "/") == 401
    assert status(nginx, "/", GOOD) == 200


@pytest.mark.parametrize("rule", [
    "rewrite ^(.*)$ /app$1 last;",
    "rewrite ^(.*)$ /app$1;",
    "rewrite ^(.*)$ /app/?q=$1;",
    "rewrite ^(.*)$ /app/?q=$1 last;",
    "if (!-e $request_filename) { rewrite ^(.*)$ /app/ last; }",
])
def test_rewrites_of_the_server_do_not_lead_the_check_astray(run, rule):
    nginx, _ = run(server(f"""
        include @H@/hasp-server.conf;
        {rule}
        location /app {{ include @H@/hasp-protect.conf; @SITE@; }}
        location / {{ include @H@/hasp-protect.conf; @SITE@; }}
    """))
    assert status(nginx, "/x") == 401
    assert status(nginx, "/x", GOOD) == 200


@pytest.mark.parametrize("rule", [
    "rewrite ^(.*)$ /app$1 last;",
    "rewrite ^(.*)$ /app$1;",
    "rewrite ^(.*)$ /app/?q=$1;",
    "rewrite ^(.*)$ /app/?q=$1 last;",
])
def test_rewrites_before_the_server_snippet_refuse(run, rule):
    nginx, _ = run(server(f"""
        {rule}
        include @H@/hasp-server.conf;
        location /app {{ include @H@/hasp-protect.conf; @SITE@; }}
    """))
    for headers in ((), GOOD):
        assert status(nginx, "/x", headers) in (500, 503)


def test_settings_of_the_site_for_its_own_fastcgi(run):
    """Whatever a site sets around it, the check works and refuses."""
    nginx, answerer = run("""
        fastcgi_cache_path @ROOT@/cache keys_zone=z:1m;
        fastcgi_cache z;
        fastcgi_cache_key $request_uri;
        fastcgi_cache_valid any 1h;
        fastcgi_intercept_errors on;
        fastcgi_buffering off;
        fastcgi_read_timeout 300s;
        fastcgi_param HASP_REQUIRE auto;
        fastcgi_hide_header Hasp-Problem;
        fastcgi_pass_request_body on;
        fastcgi_next_upstream off;
        auth_basic "Site";
        auth_basic_user_file /dev/null;
        client_max_body_size 1k;
        error_page 401 403 404 500 502 503 /error.html;
        add_header X-Site always;
        recursive_error_pages on;
    """ + server("""
        include @H@/hasp-server.conf;
        location / { include @H@/hasp-protect-admin.conf; @SITE@; }
    """))
    for _ in range(3):
        reply = ask(nginx.port, "GET", "/x")
        assert (reply.status, reply.json()["code"]) == (401, "told")
        assert status(nginx, "/x", GOOD) == 200
    assert len(answerer.calls) == 6
    assert "admin" in demands(answerer)
    assert not list(pathlib.Path(nginx.root).rglob("cache/*/*"))


def test_redirects_inside_keep_the_check(run):
    """index, try_files and error_page go round again; nothing of them is a
    way in, and a good key goes through."""
    nginx, _ = run(server("""
        include @H@/hasp-server.conf;
        location / { include @H@/hasp-protect.conf; @PAGES@;
            error_page 404 /index.html; }
        location /try/ { include @H@/hasp-protect.conf; @PAGES@;
            try_files $uri /sub/index.html; }
    """))
    for path in ("/", "/sub/", "/nowhere", "/try/nowhere"):
        assert status(nginx, path) == 401, path
    assert status(nginx, "/", GOOD) == 200
    assert status(nginx, "/sub/", GOOD) == 200
    assert ask(nginx.port, "GET", "/try/no", GOOD).body == b"sub"
    assert ask(nginx.port, "GET", "/nowhere", GOOD).body == b"page"


# -- options ---------------------------------------------------------------

CORS = """
    map $http_origin $allowed_origin {
        default "";
        https://app.example $http_origin;
    }
""" + server("""
    include @H@/hasp-server.conf;
    location / {
        set $hasp_cors_origin $allowed_origin;
        include @H@/hasp-cors.conf;
        include @H@/hasp-protect.conf; @SITE@;
    }
""")


def test_cors_preflight(run):
    nginx, answerer = run(CORS)
    wanted = {"Origin": "https://app.example",
              "Access-Control-Request-Method": "PUT",
              "Access-Control-Request-Headers": "authorization"}
    reply = ask(nginx.port, "OPTIONS", "/x", wanted)
    assert reply.status == 204
    assert reply.one("Access-Control-Allow-Origin") == wanted["Origin"]
    assert reply.one("Access-Control-Allow-Headers") == "authorization"
    assert "PUT" in reply.one("Access-Control-Allow-Methods")
    assert reply.one("Vary") == "Origin"
    assert not answerer.calls


@pytest.mark.parametrize("headers", [
    {}, {"Origin": "https://app.example"},
    {"Access-Control-Request-Method": "PUT"},
    {"Origin": "https://evil.example", "Access-Control-Request-Method": "PUT"},
])
def test_options_that_is_no_preflight_is_checked(run, headers):
    nginx, _ = run(CORS)
    reply = ask(nginx.port, "OPTIONS", "/x", headers)
    assert reply.status == 401
    assert reply.one("Access-Control-Allow-Origin") \
        == ("https://app.example" if "app" in headers.get("Origin", "")
            else None)


def test_cors_lets_scripts_read_refusals_and_answers(run):
    nginx, _ = run(CORS)
    origin = {"Origin": "https://app.example"}
    for headers, expected in ((origin, 401), ({**origin, **GOOD}, 200)):
        reply = ask(nginx.port, "GET", "/x", headers)
        assert reply.status == expected
        assert reply.one("Access-Control-Allow-Origin") == origin["Origin"]
        assert reply.one("Vary") == "Origin"
    reply = ask(nginx.port, "GET", "/x", {"Origin": "https://evil.example"})
    assert reply.one("Access-Control-Allow-Origin") is None


def test_settings_of_a_location_reach_the_check(run):
    nginx, answerer = run(server("""
        include @H@/hasp-server.conf;
        location / {
            set $hasp_region eu; set $hasp_environment test;
            set $hasp_read_methods "GET HEAD OPTIONS";
            set $hasp_write_methods "PUT"; set $hasp_strict_target on;
            include @H@/hasp-protect.conf; @SITE@;
        }
    """))
    assert status(nginx, "/", GOOD) == 200
    call = answerer.calls[-1]
    assert [call.get(name) for name in (
        "HASP_REGION", "HASP_ENVIRONMENT", "HASP_READ_METHODS",
        "HASP_WRITE_METHODS", "HASP_STRICT_TARGET")] \
        == ["eu", "test", "GET HEAD OPTIONS", "PUT", "on"]
