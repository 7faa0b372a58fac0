//go:build gitea

package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"

	"plumbline/internal/gate/signed"
	"plumbline/internal/lab/gitea"
)

// kit is a real Gitea with the kit of examples/ci/gitea in its repository, and embedded devices.
// Where its server runs no actions, the commands are those of the shipped files, step by step, in
// a fresh clone as the checkout step makes one.
type kit struct {
	*demo
	t       *testing.T
	s       *gitea.Server
	token   string // of the jobs
	program string // folder that the program is in
	values  map[string]string
}

const kitProject = gitea.Admin + "/net"

// job is as much of a workflow as is played.
type job struct {
	Env   map[string]string
	Steps []struct {
		Uses, Run, If string
		With          map[string]string
	}
}

// play runs the job of a shipped file and gives what it printed; want is how it ends.
func (k *kit) play(file string, want int) string {
	k.t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "examples", "ci", "gitea", file))
	k.must(err)
	var w struct{ Jobs map[string]job }
	k.must(yaml.Unmarshal(text, &w))
	if len(w.Jobs) != 1 {
		k.t.Fatalf("%s has %d jobs", file, len(w.Jobs))
	}
	var out strings.Builder
	failed := 0
	for _, j := range w.Jobs {
		dir := filepath.Join(k.t.TempDir(), "net")
		env := append(os.Environ(), "PATH="+k.program+":"+os.Getenv("PATH"), "PLUMBLINE_RUNNER="+k.path("runner.yaml"), "GIT_CONFIG_GLOBAL=/dev/null",
			"GITEA_ACTIONS=true", "GITHUB_API_URL="+k.s.URL+"/api/v1", "GITHUB_REPOSITORY="+kitProject, "CI=true")
		for name, v := range j.Env {
			env = append(env, name+"="+k.expand(v))
		}
		for _, step := range j.Steps {
			if failed != 0 && step.If != "always()" {
				continue
			}
			c := exec.Command("bash", "-e", "-o", "pipefail", "-c", k.expand(step.Run))
			switch {
			case strings.HasPrefix(step.Uses, "actions/checkout@"):
				host := strings.TrimPrefix(k.s.URL, "http://")
				branch := "main"
				if file == "plumbline-check.yml" { // on pull_request: the change itself
					branch = "change"
				}
				c = exec.Command("git", "clone", "-q", "-b", branch, "http://"+gitea.Admin+":"+k.token+"@"+host+"/"+kitProject+".git", dir)
			case strings.HasPrefix(step.Uses, "actions/upload-artifact@"):
				if _, err := os.Stat(filepath.Join(dir, step.With["path"])); err != nil && failed == 0 {
					k.t.Errorf("%s uploads %s, which is not there", file, step.With["path"])
				}
				continue
			case step.Uses != "":
				k.t.Fatalf("%s uses %s", file, step.Uses)
			default:
				c.Dir = dir
			}
			c.Env = env
			said, err := c.CombinedOutput()
			fmt.Fprintf(&out, "$ %s%s\n%s", step.Uses, step.Run, said)
			if err != nil && failed == 0 {
				failed = c.ProcessState.ExitCode()
			}
		}
	}
	if failed != want {
		k.t.Fatalf("%s ends with %d, want %d:\n%s", file, failed, want, out.String())
	}
	return out.String()
}

func (k *kit) must(err error) {
	k.t.Helper()
	if err != nil {
		k.t.Fatal(err)
	}
}

// expand puts values in the place of expressions; one that this test does not know fails it.
func (k *kit) expand(text string) string {
	return regexp.MustCompile(`\$\{\{ *([^}]*?) *\}\}`).ReplaceAllStringFunc(text, func(m string) string {
		name := strings.TrimSpace(m[3 : len(m)-2])
		v, known := k.values[name]
		if !known {
			k.t.Fatalf("no value for %s", name)
		}
		return v
	})
}

func newKit(t *testing.T, s *gitea.Server) *kit {
	t.Helper()
	k := &kit{demo: &demo{dir: t.TempDir(), env: &env{run: run, out: io.Discard}}, t: t, s: s, program: t.TempDir(), values: map[string]string{"inputs.plan": ""}}
	t.Cleanup(k.stop)
	if out, err := exec.Command("go", "build", "-o", filepath.Join(k.program, "plumbline"), ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	_, err := k.start(t.Context())
	k.must(err)
	signers, err := k.keys("alice", "bob", "carol", "ledger")
	k.must(err)
	planner, pem, err := signed.NewKey("planner")
	k.must(err)
	k.must(writeFile(k.path("keys", "planner"), pem, 0o600))
	signers = append(signers, []byte(`planner namespaces="plan@plumbline" `+planner.Authorized()+"\n")...)
	runner, err := os.ReadFile(k.path("runner.yaml"))
	k.must(err)
	k.must(os.WriteFile(k.path("runner.yaml"), fmt.Appendf(runner, "plan_key: %q\n", k.path("keys", "planner")), 0o600))

	policy, err := os.ReadFile(k.path("network", "policy.yaml"))
	k.must(err)
	text := string(policy)
	for _, name := range []string{"alice", "bob", "carol"} {
		text = strings.Replace(text, "signer: "+name, fmt.Sprintf("signer: %s, gitea: %d", name, k.s.User(name)), 1)
	}
	var made struct {
		ID int64 `json:"id"`
	}
	k.s.Ask(gitea.Admin, "POST", "/user/repos", map[string]any{"name": "net", "default_branch": "main"}, &made, 201)
	for _, name := range []string{"alice", "bob", "carol"} {
		k.ask(gitea.Admin, "PUT", "/collaborators/"+name, map[string]any{"permission": "write"}, nil, 204)
	}
	text += fmt.Sprintf("forge: {kind: gitea, repository: %d, demand: [no-force-push, no-direct-push]}\n", made.ID)
	k.must(os.WriteFile(k.path("network", "policy.yaml"), []byte(text), 0o644))
	k.token = k.s.NewToken(gitea.Admin, "write:repository", "write:issue", "read:user")
	k.values["secrets.PLUMBLINE_TOKEN"] = k.token
	k.ask(gitea.Admin, "PUT", "/actions/secrets/PLUMBLINE_TOKEN", map[string]any{"data": k.token}, nil, 201, 404)
	k.begin(text, signers)
	return k
}

func (k *kit) ask(user, method, path string, in, out any, want ...int) int {
	k.t.Helper()
	return k.s.Ask(user, method, "/repos/"+kitProject+path, in, out, want...)
}

// begin makes main: a network, who decides, and the kit as it is shipped; alice says that
// nothing is deployed yet.
func (k *kit) begin(policy string, signers []byte) {
	k.t.Helper()
	dir := k.path("clone")
	k.s.Git(k.dir, "alice", "init", "-q", "-b", "main", dir)
	k.s.Git(dir, "alice", "remote", "add", "origin", k.s.URL+"/"+kitProject+".git")
	k.must(os.CopyFS(filepath.Join(dir, ".gitea", "workflows"), os.DirFS("../../examples/ci/gitea")))
	k.must(os.CopyFS(dir, os.DirFS(k.path("network"))))
	k.must(writeFile(filepath.Join(dir, "policy.yaml"), []byte(policy), 0o644))
	k.must(writeFile(filepath.Join(dir, ".plumbline", "allowed_signers"), signers, 0o644))
	k.commitAll("alice")
	if out, err := exec.Command(filepath.Join(k.program, "plumbline"), "-C", dir, "approve", "--baseline", "--key", k.path("keys", "alice")).CombinedOutput(); err != nil {
		k.t.Fatalf("%v\n%s", err, out)
	}
	k.s.Git(dir, "alice", "push", "-q", "origin", "main", "refs/plumbline/*:refs/plumbline/*")
	k.ask(gitea.Admin, "POST", "/branch_protections", map[string]any{"rule_name": "main", "enable_push": false, "required_approvals": 1, "dismiss_stale_approvals": true}, nil, 201)
}

func (k *kit) commitAll(user string) {
	k.t.Helper()
	k.s.Git(k.path("clone"), user, "add", "-A")
	k.s.Git(k.path("clone"), user, "commit", "-q", "-m", "change")
}

// open pushes carol's change and opens the request for it.
func (k *kit) open() {
	k.t.Helper()
	dir := k.path("clone")
	k.s.Git(dir, "carol", "checkout", "-q", "-b", "change")
	file := filepath.Join(dir, "intent", "peering", "as64500-fra.yaml")
	text, err := os.ReadFile(file)
	k.must(err)
	k.must(os.WriteFile(file, append(text, "# as agreed with them\n"...), 0o644))
	k.commitAll("carol")
	k.s.Git(dir, "carol", "push", "-q", "origin", "change")
	k.values["github.event.pull_request.head.sha"] = k.s.Git(dir, "carol", "rev-parse", "HEAD")
	k.values["github.event.number"], k.values["github.base_ref"] = "1", "main"
	k.until("carol", "POST", "/pulls", map[string]any{"head": "change", "base": "main", "title": "The network"}, 201)
}

func (k *kit) until(user, method, path string, in map[string]any, want int) {
	k.t.Helper()
	for range 100 {
		if k.ask(user, method, path, in, nil, want, 404, 405, 409, 500) == want {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	k.t.Fatalf("%s %s is not possible", method, path)
}

// TestGiteaKit is the bar: on a real Gitea, with the files as shipped, a request shows its
// plan, is approved, merged and pushed to devices; what somebody then breaks by hand is told
// once, not twice; and a third party proves all of it offline.
func TestGiteaKit(t *testing.T) {
	k := newKit(t, gitea.Start(t))
	k.open()
	k.play("plumbline-check.yml", 0)
	k.play("plumbline-plan.yml", 0)
	digest := k.shown()
	if out := k.play("plumbline-push.yml", 6); !strings.Contains(out, "gate/other-request") { // nothing is merged
		t.Errorf("%s", out)
	}
	k.approveAndMerge()
	out := k.play("plumbline-push.yml", 0)
	if !strings.Contains(out, "COMMITTED  plan "+digest[:12]) || k.mutating() == 0 {
		t.Fatalf("the push reached nothing:\n%s", out)
	}
	sent := k.mutating()
	if out := k.play("plumbline-push.yml", 0); !strings.Contains(out, "nothing was sent") || k.mutating() != sent { // it was pushed
		t.Errorf("pushed twice:\n%s", out)
	}
	k.play("plumbline-drift.yml", 0)
	k.issues(0, 0)
	_, err := k.tamper(t.Context())
	k.must(err)
	for range 3 {
		k.play("plumbline-drift.yml", 0)
		k.issues(1, 0)
	}
	k.proved()
}

// shown gives the plan that the comment on the request tells, and holds that there is one.
func (k *kit) shown() string {
	k.t.Helper()
	const talk = 60 // more than a page
	for range talk {
		k.ask("bob", "POST", "/issues/1/comments", map[string]any{"body": "talk"}, nil, 201)
	}
	k.play("plumbline-plan.yml", 0) // again: edited in place
	var comments []struct {
		Body string `json:"body"`
	}
	k.ask("bob", "GET", "/issues/1/comments", nil, &comments, 200)
	if len(comments) != 1+talk {
		k.t.Fatalf("want one comment and the talk, have %d", len(comments))
	}
	m := regexp.MustCompile(`Plan ([0-9a-f]{64}): 4 devices differ`).FindStringSubmatch(comments[0].Body)
	if m == nil {
		k.t.Fatalf("the comment names no plan:\n%s", comments[0].Body)
	}
	var statuses []struct {
		Status  string `json:"status"`
		Context string `json:"context"`
	}
	k.ask("bob", "GET", "/commits/"+k.values["github.event.pull_request.head.sha"]+"/statuses", nil, &statuses, 200)
	if len(statuses) == 0 || statuses[0].Status != "success" || statuses[0].Context != "plumbline/diff" {
		k.t.Errorf("statuses %v", statuses)
	}
	return m[1]
}

func (k *kit) approveAndMerge() {
	k.t.Helper()
	time.Sleep(1100 * time.Millisecond) // times are told to the second
	k.ask("bob", "POST", "/pulls/1/reviews", map[string]any{"event": "APPROVED", "body": "good", "commit_id": k.values["github.event.pull_request.head.sha"]}, nil, 200)
	k.until("carol", "POST", "/pulls/1/merge", map[string]any{"Do": "squash"}, 200)
}

// issues holds how many there are, and how many remarks they have in all.
func (k *kit) issues(want, remarks int) {
	k.t.Helper()
	var list []struct {
		Title    string `json:"title"`
		State    string `json:"state"`
		Body     string `json:"body"`
		Comments int    `json:"comments"`
	}
	k.ask("bob", "GET", "/issues?type=issues&state=all", nil, &list, 200)
	n := 0
	for _, one := range list {
		n += one.Comments
		if one.State != "open" || !strings.Contains(one.Body, demoRouter) {
			k.t.Errorf("it says %+v", one)
		}
	}
	if len(list) != want || n != remarks {
		k.t.Errorf("%d issues with %d remarks, want %d with %d: %+v", len(list), n, want, remarks, list)
	}
}

// proved holds that a clone and public keys are enough to prove what was pushed.
func (k *kit) proved() {
	k.t.Helper()
	dir := k.path("third")
	k.s.Git(k.dir, "bob", "clone", "-q", k.s.URL+"/"+kitProject+".git", dir)
	k.s.Git(dir, "bob", "fetch", "-q", "origin", "+refs/plumbline/*:refs/plumbline/*", "+refs/pull/*/head:refs/remotes/pull/*")
	c := exec.Command(filepath.Join(k.program, "plumbline"), "-C", dir, "verify")
	c.Env = append(os.Environ(), "PLUMBLINE_RUNNER=/nowhere")
	if out, err := c.CombinedOutput(); err != nil || !strings.Contains(string(out), "deployment 1 is verified") || !strings.Contains(string(out), "approved by bob") {
		k.t.Errorf("%v\n%s", err, out)
	}
}
