package forge

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"plumbline/internal/forge/forgetest"
)

const secret = "t0ken-of-a-runner"

func begin(t *testing.T, kind string) (*forgetest.Fake, Forge) {
	t.Helper()
	f := &forgetest.Fake{Kind: kind, Token: secret}
	srv := httptest.NewServer(f)
	t.Cleanup(srv.Close)
	forge, err := Open(kind, srv.URL+"/api", "group/net", secret)
	if err != nil {
		t.Fatal(err)
	}
	return f, forge
}

const mark = "<!-- plumbline:v1:diff -->"

func page(body string) Say {
	return Say{Change: 12, Commit: "c0ffee", Name: "diff", Body: body, State: Failure, Title: "3 devices differ"}
}

// TestSticky holds the law: there is one comment of ours, found over all pages by mark and
// author, edited in place, and begun anew only where it is gone.
func TestSticky(t *testing.T) {
	for _, kind := range Kinds() {
		t.Run(kind, func(t *testing.T) {
			f, forge := begin(t, kind)
			for i := range 250 {
				f.Comments = append(f.Comments, forgetest.Comment{ID: int64(i + 1), Body: "talk", Author: forgetest.User{ID: forgetest.Stranger}})
			}
			f.Comments[3].Body = mark + "\nan older one of somebody else" // spoofed
			f.Comments[230] = forgetest.Comment{ID: 231, Body: mark + "\nold", Author: forgetest.User{ID: forgetest.Ours}}
			f.Comments[240] = forgetest.Comment{ID: 241, Body: mark + "\na second one", Author: forgetest.User{ID: forgetest.Ours}}
			f.Comments[99] = forgetest.Comment{ID: 100, Body: "see " + mark, Author: forgetest.User{ID: forgetest.Ours}} // it only quotes it
			must(t, forge.Post(t.Context(), page("new")))
			if len(f.Comments) != 250 || f.Comments[230].Body != mark+"\nnew" || !strings.Contains(f.Comments[3].Body, "somebody else") {
				t.Errorf("%d comments; ours says %q", len(f.Comments), f.Comments[230].Body)
			}
			state := map[string]string{"github": "failure", "gitea": "failure", "gitlab": "failed"}[kind]
			if want := "c0ffee " + state + " plumbline/diff 3 devices differ"; len(f.Statuses) != 1 || f.Statuses[0] != want {
				t.Errorf("status %q, want %q", f.Statuses, want)
			}
			asked := len(f.Asks)
			must(t, forge.Post(t.Context(), page("new")))
			for _, a := range f.Asks[asked:] {
				if !strings.HasPrefix(a, "GET ") && !strings.Contains(a, "/statuses/") {
					t.Errorf("the same was written again: %s", a)
				}
			}
			f.Gone = true
			must(t, forge.Post(t.Context(), page("newer")))
			if last := f.Comments[len(f.Comments)-1]; len(f.Comments) != 251 || last.Body != mark+"\nnewer" {
				t.Errorf("deleted meanwhile, and not begun anew: %d comments", len(f.Comments))
			}
		})
	}
}

func TestQuiet(t *testing.T) {
	for _, kind := range Kinds() {
		f, forge := begin(t, kind)
		s := page("no differences")
		s.Quiet, s.State = true, Success
		must(t, forge.Post(t.Context(), s))
		if len(f.Comments) != 0 || len(f.Statuses) != 1 {
			t.Errorf("%s: nothing to say, and %d comments; %d statuses", kind, len(f.Comments), len(f.Statuses))
		}
		f.Comments = []forgetest.Comment{{ID: 1, Body: mark + "\nold", Author: forgetest.User{ID: forgetest.Ours}}}
		must(t, forge.Post(t.Context(), s))
		if f.Comments[0].Body != mark+"\nno differences" {
			t.Errorf("%s: what was said is not taken back: %q", kind, f.Comments[0].Body)
		}
	}
}

// TestJobToken: the token of a job on GitHub may not ask who it is, and finds out all the same.
func TestJobToken(t *testing.T) {
	f, forge := begin(t, "github")
	f.Denied = regexp.MustCompile(`^GET /api/user$`)
	f.Comments = []forgetest.Comment{{ID: 1, Body: mark + "\nold", Author: forgetest.User{ID: forgetest.Ours}}}
	must(t, forge.Post(t.Context(), page("new")))
	if len(f.Comments) != 1 || f.Comments[0].Body != mark+"\nnew" {
		t.Errorf("%v", f.Comments)
	}
}

// TestHostileForge holds the law: what a forge answers is bounded, leads nowhere else, and is
// not shown; the token is in no error.
func TestHostileForge(t *testing.T) {
	away := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("another host was asked") }))
	t.Cleanup(away.Close)
	lists := func(r *http.Request) bool {
		return r.Method == http.MethodGet && !strings.HasSuffix(r.URL.Path, "/user")
	}
	for name, spoil := range map[string]func(http.ResponseWriter, *http.Request) bool{
		"next page elsewhere": func(w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("Link", "<"+away.URL+`/x>; rel="next"`)
			fmt.Fprint(w, "[]")
			return true
		},
		"redirected elsewhere": func(w http.ResponseWriter, r *http.Request) bool {
			http.Redirect(w, r, away.URL+"/x", http.StatusFound)
			return true
		},
		"too long": func(w http.ResponseWriter, _ *http.Request) bool {
			w.Write([]byte("["))
			for range 9 {
				w.Write([]byte(strings.Repeat(" ", 1<<20)))
			}
			return true
		},
		"no JSON": func(w http.ResponseWriter, _ *http.Request) bool {
			fmt.Fprint(w, "<html>evil "+secret)
			return true
		},
		"another shape": func(w http.ResponseWriter, _ *http.Request) bool {
			fmt.Fprint(w, `{"message":"evil"}`)
			return true
		},
		"pages without end": func(w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("Link", "<http://"+r.Host+r.URL.EscapedPath()+`>; rel="next"`)
			fmt.Fprint(w, "[]")
			return true
		},
	} {
		for _, kind := range Kinds() {
			f, forge := begin(t, kind)
			f.Spoil = func(w http.ResponseWriter, r *http.Request) bool { return lists(r) && spoil(w, r) }
			err := forge.Post(t.Context(), page("new"))
			if err == nil || strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "evil") {
				t.Errorf("%s, %s: %v", kind, name, err)
			}
			if len(f.Comments) != 0 || len(f.Statuses) != 1 {
				t.Errorf("%s, %s: a comment was begun without knowing whether there is one, or the status is lost", kind, name)
			}
		}
	}
}

func TestDenied(t *testing.T) {
	for _, kind := range Kinds() {
		f, forge := begin(t, kind)
		f.Denied = regexp.MustCompile(`^POST .*(notes|comments)$`)
		err := forge.Post(t.Context(), page("new"))
		if !errors.Is(err, ErrDenied) || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

func TestOpen(t *testing.T) {
	for _, c := range []struct{ kind, base, project, token, want string }{
		{"bitbucket", "https://x.example", "a/b", "t", "there are gitea, github, gitlab"},
		{"github", "http://api.example", "a/b", "t", "in the clear"},
		{"github", "https://u:p@api.example", "a/b", "t", "no address"},
		{"github", "https://api.example", "", "t", "project"},
		{"github", "https://api.example", "a/b", "", "PLUMBLINE_TOKEN"},
		{"gitlab", "http://127.0.0.1:1", "a/b", "t", ""},
	} {
		_, err := Open(c.kind, c.base, c.project, c.token)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
