package main

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"plumbline/internal/forge/forgetest"
)

// forged gives the stage a forge that runner.yaml names.
func (s *stage) forged(kind string) *forgetest.Fake {
	s.t.Helper()
	f := &forgetest.Fake{Kind: kind, Token: "t0ken-of-a-runner"}
	srv := httptest.NewServer(f)
	s.t.Cleanup(srv.Close)
	s.must(os.MkdirAll(s.path("secrets", "forge"), 0o700))
	s.must(os.WriteFile(s.path("secrets", "forge", "token"), []byte(f.Token+"\n"), 0o600))
	text, err := os.ReadFile(s.path("runner.yaml"))
	s.must(err)
	text = append(text, []byte("forge: {kind: "+kind+", api: \""+srv.URL+"/api\", project: group/net, token: secret://local/forge#token}\n")...)
	s.must(os.WriteFile(s.path("runner.yaml"), text, 0o600))
	return f
}

// TestPost holds the law: a plan is one comment and one status, whatever the forge, and what
// a job may not post is printed and no failure.
func TestPost(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	f := s.forged("gitea")
	s.plumb(usage, "diff", "--post", "comment")
	s.plumb(usage, "diff", "--post", "notice", "--pr", "12")
	s.do(s.diff)
	post := []string{"diff", "--post", "comment,check", "--pr", "12"}
	s.plumb(ok, post...)
	s.plumb(ok, post...)
	if len(f.Comments) != 1 || !strings.Contains(f.Comments[0].Body, "4 devices differ") || !strings.Contains(f.Comments[0].Body, "<details>") {
		t.Fatalf("want one comment: %+v", f.Comments)
	}
	if len(f.Statuses) != 2 || !strings.Contains(f.Statuses[0], "success plumbline/diff Plan ") {
		t.Errorf("want a status each time: %q", f.Statuses)
	}
	f.Denied = regexp.MustCompile(`^(POST|PATCH) .*comments`)
	f.Comments = nil
	if out := s.plumb(ok, post...); !strings.Contains(out, "not posted") || strings.Contains(out, f.Token) {
		t.Errorf("a token that may not comment:\n%s", out)
	}
}

// TestNoticeOnce holds the law: a new drift is told once, and its day is kept; when all is
// well again the issue is closed.
func TestNoticeOnce(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	f := s.forged("github")
	s.do(s.diff, s.approve, s.merge, s.push)
	scheduled := []string{"drift", "--post", "notice,check"}
	s.plumb(usage, append(scheduled, demoRouter)...)
	s.plumb(ok, scheduled...)
	s.do(s.tamper)
	for range 3 {
		if out := s.plumb(differ, scheduled...); !strings.Contains(out, "since 20") {
			t.Fatalf("since when is not said:\n%s", out)
		}
	}
	if len(f.Issues) != 1 || len(f.Notes) != 0 || !strings.Contains(f.Issues[0].Body, demoRouter) {
		t.Fatalf("want one issue and no more: %+v %q", f.Issues, f.Notes)
	}
	f.Denied = regexp.MustCompile("issues") // the forge is away while the next one drifts
	other := s.farm.Names()[slices.IndexFunc(s.farm.Names(), func(n string) bool { return n != demoRouter })]
	s.must(s.farm.Device(other).Type("ip route 198.51.100.0/24 Null0"))
	s.plumb(usage, scheduled...)
	f.Denied = nil
	s.plumb(differ, scheduled...)
	s.plumb(differ, scheduled...)
	if len(f.Issues) != 1 || len(f.Notes) != 1 || !strings.Contains(f.Notes[0], other) {
		t.Fatalf("what was not told while the forge was away is lost, or told twice: %q", f.Notes)
	}
	s.must(s.farm.Device(other).Type("no ip route 198.51.100.0/24 Null0"))
	s.do(s.restore)
	s.plumb(ok, scheduled...)
	if !f.Issues[0].Closed {
		t.Error("all is well, and the issue is open")
	}
}

// TestKits: what the kits for forges call is there, with these flags.
func TestKits(t *testing.T) {
	calls := regexp.MustCompile(`(?m)plumbline (-C \S+ )?([a-z]+)((?: +--?[a-z-]+(?:[ =]("[^"]*"|'[^']*'|[^-\s|&;'"][^\s|&;'"]*))?)*)`)
	found := 0
	err := filepath.WalkDir("../../examples/ci", func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		for _, m := range calls.FindAllStringSubmatch(string(text), -1) {
			at := slices.IndexFunc(verbs, func(v func(*env) *cobra.Command) bool { return v(&env{}).Name() == m[2] })
			if at < 0 {
				continue // prose
			}
			found++
			c := verbs[at](&env{})
			for _, w := range strings.Fields(m[3]) {
				if flag, is := strings.CutPrefix(w, "--"); is {
					flag, _, _ = strings.Cut(flag, "=")
					if c.Flags().Lookup(flag) == nil {
						t.Errorf("%s: %s has no flag --%s", name, m[2], flag)
					}
				}
			}
		}
		return err
	})
	if err != nil || found < 9 {
		t.Errorf("%d calls: %v", found, err)
	}
}
