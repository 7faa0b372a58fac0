package gitea

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// StartActions runs a Gitea that runs workflows, with the actions that the kits use.
func StartActions(t testing.TB) *Server {
	t.Helper()
	s := start(t, strings.Replace(settings, "[actions]\nENABLED = false", "[actions]\nENABLED = true\nDEFAULT_ACTIONS_URL = self", 1))
	s.Ask(Admin, "POST", "/orgs", map[string]any{"username": "actions"}, nil, 201)
	s.action("checkout", checkout)
	s.action("upload-artifact", upload)
	return s
}

// checkout does what GitHub's own does with these inputs: the whole history, the ref of the
// event in the work folder, and the token of the job in the configuration of the clone.
const checkout = `name: checkout
inputs:
  fetch-depth: {required: true}
  persist-credentials: {default: "true"}
runs:
  using: composite
  steps:
  - shell: bash
    env:
      TOKEN: ${{ github.token }}
      KEEP: ${{ inputs.persist-credentials }}
    run: |
      set -eu
      git init -q -b none .
      git remote add origin "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY.git"
      git config http.extraheader "AUTHORIZATION: basic $(printf 'x-access-token:%s' "$TOKEN" | base64 -w0)"
      git fetch -q origin '+refs/heads/*:refs/remotes/origin/*' "+$GITHUB_REF:refs/remotes/event"
      case $GITHUB_REF in
      refs/heads/*) git checkout -q -B "${GITHUB_REF#refs/heads/}" "$GITHUB_SHA" ;;
      *) git checkout -q --detach "$GITHUB_SHA" ;;
      esac
      if test "$KEEP" != true; then git config --unset-all http.extraheader; fi
`

// upload looks that there is what would be kept.
const upload = `name: upload-artifact
inputs:
  name: {required: true}
  path: {required: true}
runs:
  using: composite
  steps:
  - shell: bash
    env: {FILE: "${{ inputs.path }}"}
    run: test -f "$FILE"
`

// action makes a repository that is one action, in version v4.
func (s *Server) action(name, text string) {
	s.Helper()
	s.Ask(Admin, "POST", "/orgs/actions/repos", map[string]any{"name": name, "default_branch": "main"}, nil, 201)
	dir := s.TempDir()
	s.Git(dir, Admin, "init", "-q", "-b", "main")
	if err := os.WriteFile(filepath.Join(dir, "action.yml"), []byte(text), 0o644); err != nil {
		s.Fatal(err)
	}
	s.Git(dir, Admin, "add", "-A")
	s.Git(dir, Admin, "commit", "-q", "-m", name)
	s.Git(dir, Admin, "tag", "v4")
	s.Git(dir, Admin, "push", "-q", s.URL+"/actions/"+name+".git", "main", "v4")
}

// Runner is one that plays jobs on this machine.
type Runner struct {
	mu   sync.Mutex
	said strings.Builder
}

// Said gives what its jobs printed until now.
func (r *Runner) Said() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.said.String()
}

// NewRunner starts the program that PLUMBLINE_GITEA_RUNNER names, for jobs that ask for some of
// its labels, until the test ends.
func (s *Server) NewRunner(labels string, env ...string) *Runner {
	s.Helper()
	var token struct{ Token string }
	s.Ask(Admin, "POST", "/admin/actions/runners/registration-token", nil, &token, 200)
	c := exec.Command(os.Getenv("PLUMBLINE_GITEA_RUNNER"), "-url", s.URL, "-token", token.Token, "-labels", labels, "-dir", s.TempDir())
	c.Env = append(os.Environ(), env...)
	out, err := c.StdoutPipe()
	if err != nil {
		s.Fatal(err)
	}
	c.Stderr = c.Stdout
	if err := c.Start(); err != nil {
		s.Fatal(err)
	}
	r, ready, read := new(Runner), make(chan bool, 1), make(chan bool)
	go func() {
		defer close(read)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			r.mu.Lock()
			fmt.Fprintln(&r.said, lines.Text())
			r.mu.Unlock()
			if lines.Text() == "ready" {
				ready <- true
			}
		}
	}()
	s.Cleanup(func() {
		_ = c.Process.Signal(os.Interrupt)
		<-read
		_ = c.Wait()
		if s.Failed() {
			s.Logf("the runner %s:\n%s", labels, r.Said())
		}
	})
	select {
	case <-ready:
	case <-time.After(30 * time.Second):
		s.Fatalf("the runner is not ready:\n%s", r.Said())
	}
	return r
}
