//go:build gitea

package main

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"plumbline/internal/lab/gitea"
)

// TestGiteaActions is the bar once more, with nothing played by hand: the server itself starts
// the jobs of the shipped files when a request is opened and when it is merged, and runners of
// three zones take them. Only the hour of the drift job is not waited for: it is asked to start.
func TestGiteaActions(t *testing.T) {
	k := newKit(t, gitea.StartActions(t))
	env := []string{"PATH=" + k.program + ":/usr/bin:/bin", "PLUMBLINE_RUNNER=" + k.path("runner.yaml")}
	k.s.NewRunner("docker", env[0], "PLUMBLINE_RUNNER=/nowhere") // zone 0 has no credential
	k.s.NewRunner("self-hosted,net-read", env...)
	writes := k.s.NewRunner("self-hosted,net-write", env...)

	k.ended("plumbline-push.yml", 1, "failure") // the first push to main was no request
	if !strings.Contains(writes.Said(), "gate/other-request") {
		t.Errorf("it failed for another reason:\n%s", writes.Said())
	}
	k.open()
	k.ended("plumbline-check.yml", 1, "success")
	k.ended("plumbline-plan.yml", 1, "success")
	digest := k.told()
	k.approveAndMerge()
	k.ended("plumbline-push.yml", 1, "success")
	if !strings.Contains(writes.Said(), "COMMITTED  plan "+digest[:12]) || k.mutating() == 0 {
		t.Fatalf("the push reached nothing:\n%s", writes.Said())
	}
	k.starts("plumbline-drift.yml", 1)
	k.issues(0, 0)
	_, err := k.tamper(t.Context())
	k.must(err)
	for n := range 2 {
		k.starts("plumbline-drift.yml", n+2)
		k.issues(1, 0)
	}
	k.proved()
}

// told gives the plan that the one comment on the request tells.
func (k *kit) told() string {
	k.t.Helper()
	var comments []struct {
		Body string `json:"body"`
	}
	k.ask("bob", "GET", "/issues/1/comments", nil, &comments, 200)
	if len(comments) != 1 {
		k.t.Fatalf("want one comment, have %d", len(comments))
	}
	m := regexp.MustCompile(`Plan ([0-9a-f]{64}): 4 devices differ`).FindStringSubmatch(comments[0].Body)
	if m == nil {
		k.t.Fatalf("the comment names no plan:\n%s", comments[0].Body)
	}
	return m[1]
}

// starts asks the server to run a workflow, and waits for its nth success.
func (k *kit) starts(file string, n int) {
	k.t.Helper()
	k.ask(gitea.Admin, "POST", "/actions/workflows/"+file+"/dispatches", map[string]any{"ref": "main"}, nil, 204)
	k.ended(file, n, "success")
}

// ended waits until so many jobs of a workflow ended in a way.
func (k *kit) ended(file string, n int, how string) {
	k.t.Helper()
	var all struct {
		Runs []struct {
			File   string `json:"workflow_id"`
			Status string `json:"status"`
		} `json:"workflow_runs"`
	}
	for begin := time.Now(); time.Since(begin) < time.Minute; time.Sleep(300 * time.Millisecond) {
		k.ask(gitea.Admin, "GET", "/actions/tasks?limit=50", nil, &all, 200)
		have := 0
		for _, r := range all.Runs {
			if r.File == file && r.Status == how {
				have++
			}
		}
		if have >= n {
			return
		}
	}
	k.t.Fatalf("after a minute %s has not ended %d times in %s: %+v", file, n, how, all.Runs)
}
