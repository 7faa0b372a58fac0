//go:build gitea

package forge_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"plumbline/internal/lab/gitea"
)

// liveCases is what people do on a forge, and the verdict.
var liveCases = []liveCase{
	{"merge commit", func(w *world) { w.approve("bob"); w.merge("merge") }, ""},
	{"squash", func(w *world) { w.approve("bob"); w.merge("squash") }, ""},
	{"rebase", func(w *world) {
		w.commit("ann", map[string]string{"intent/c.yaml": "c: 1\n"})
		w.push("ann", "f")
		w.show()
		w.approve("bob")
		w.merge("rebase")
	}, ""},
	{"rebase with a merge commit", func(w *world) { w.approve("bob"); w.merge("rebase-merge") }, ""},
	{"branch moved forward", func(w *world) { w.approve("bob"); w.merge("fast-forward-only") }, ""},
	{"remarks between", func(w *world) { w.approve("bob"); w.review("bob", "COMMENT"); w.merge("merge") }, ""},
	{"branch deleted after the merge", func(w *world) {
		w.approve("bob")
		w.merge("squash")
		w.ask(gitea.Admin, "DELETE", "/branches/f", nil, nil, 204)
	}, ""},
	{"pushed to after the merge", func(w *world) {
		w.approve("bob")
		w.merge("squash")
		w.commit("ann", map[string]string{"intent/a.yaml": "a: later\n"})
		w.push("ann", "f")
	}, ""},
	{"nobody approved", func(w *world) { w.merge("merge") }, "gate/no-approval"},
	{"stale after a push", func(w *world) {
		w.approve("bob")
		w.commit("ann", map[string]string{"intent/a.yaml": "a: evil\n"})
		w.push("ann", "f")
		w.show()
		w.merge("merge") // at once: the server still calls the approval good
	}, "gate/stale-approval"},
	{"stale after a forced push", func(w *world) {
		w.approve("bob")
		w.s.Git(w.dir, "ann", "commit", "-q", "--amend", "-m", "other")
		w.s.Git(w.dir, "ann", "push", "-q", "-f", "origin", "f")
		w.show()
		w.merge("squash")
	}, "gate/stale-approval"},
	{"merged at once", func(w *world) {
		w.commit("ann", map[string]string{"intent/a.yaml": "a: 3\n"})
		w.push("bob", "f")
		w.merge("merge") // before it is known who pushed; approvals are not taken any more either
	}, "gate/no-approval"},
	{"own approval", func(w *world) {
		// The server takes no approval from who made the request, so Bob pushes into Ann's.
		if w.ask("ann", "POST", "/pulls/1/reviews", map[string]any{"event": "APPROVED", "body": "mine", "commit_id": w.head()}, nil, 200, 422) == 200 {
			w.Error("the server takes approvals of one's own")
		}
		w.commit("bob", map[string]string{"intent/a.yaml": "a: 3\n"})
		w.push("bob", "f")
		w.show()
		w.approve("bob")
		w.merge("merge")
	}, "gate/self-approval"},
	{"pushed under another's name", func(w *world) {
		w.commit("ann", map[string]string{"intent/a.yaml": "a: 3\n"})
		w.push("bob", "f") // the commit says Ann, and Bob pushed it
		w.show()
		w.approve("bob")
		w.merge("merge")
	}, "gate/self-approval"},
	{"dismissed approval", func(w *world) {
		id := w.approve("bob")
		w.ask(gitea.Admin, "POST", fmt.Sprintf("/pulls/1/reviews/%d/dismissals", id), map[string]any{"message": "no"}, nil, 200)
		w.merge("merge")
	}, "gate/not-eligible"},
	{"dismissed, then given again", func(w *world) {
		id := w.approve("bob")
		w.ask(gitea.Admin, "POST", fmt.Sprintf("/pulls/1/reviews/%d/dismissals", id), map[string]any{"message": "no"}, nil, 200)
		time.Sleep(1100 * time.Millisecond)
		w.approve("bob")
		w.merge("merge")
	}, ""},
	{"changes called for", func(w *world) { w.approve("bob"); w.review("eve", "REQUEST_CHANGES"); w.merge("merge") }, "gate/rejected"},
	{"the call dismissed by a stranger", func(w *world) {
		id := w.review("eve", "REQUEST_CHANGES")
		w.approve("bob")
		w.ask(gitea.Admin, "POST", fmt.Sprintf("/pulls/1/reviews/%d/dismissals", id), map[string]any{"message": "no"}, nil, 200)
		w.merge("merge")
	}, "gate/rejected"},
	{"the call dismissed by another", func(w *world) {
		w.ask(gitea.Admin, "PUT", "/collaborators/bob", map[string]any{"permission": "admin"}, nil, 204)
		id := w.review("eve", "REQUEST_CHANGES")
		time.Sleep(1100 * time.Millisecond) // times are told to the second, and stand on the tape
		w.approve("bob")
		w.ask("bob", "POST", fmt.Sprintf("/pulls/1/reviews/%d/dismissals", id), map[string]any{"message": "settled"}, nil, 200)
		w.merge("merge")
	}, ""},
	{"approval of a stranger", func(w *world) { w.approve("mal"); w.merge("merge") }, "gate/no-approval"},
	{"may not write any more", func(w *world) {
		w.approve("bob")
		w.merge("merge")
		w.ask(gitea.Admin, "PUT", "/collaborators/bob", map[string]any{"permission": "read"}, nil, 204)
	}, "gate/not-eligible"},
	{"left the repository", func(w *world) {
		w.approve("bob")
		w.merge("merge")
		w.ask(gitea.Admin, "DELETE", "/collaborators/bob", nil, nil, 204)
	}, "gate/not-eligible"},
	{"pushed by an administrator", func(w *world) { w.approve("bob"); w.merge("merge"); w.direct(gitea.Admin) }, "gate/not-landed"},
	{"pushed before the merge", func(w *world) {
		w.approve("bob")
		w.direct("mal")
		w.s.Git(w.dir, "ann", "checkout", "-q", "f")
		w.merge("squash")
	}, "gate/not-landed"},
	{"pushed by a deploy key", func(w *world) {
		w.approve("bob")
		w.merge("merge")
		w.protect(map[string]any{"enable_push": true, "enable_push_whitelist": true, "push_whitelist_deploy_keys": true})
		w.onMain("ann")
		if out, err := w.s.PushByKey(w.dir, w.project, "main"); err != nil {
			w.Fatal(out, err)
		}
	}, "gate/not-landed"},
	{"the request itself, pushed by a deploy key", func(w *world) {
		w.approve("bob")
		w.protect(map[string]any{"enable_push": true, "enable_push_whitelist": true, "push_whitelist_deploy_keys": true})
		if out, err := w.s.PushByKey(w.dir, w.project, "f:main"); err != nil {
			w.Fatal(out, err)
		}
	}, "gate/other-request"},
	{"more in the merge than in the request", func(w *world) {
		w.approve("bob")
		w.protect(map[string]any{"enable_push": true})
		w.s.Git(w.dir, "ann", "checkout", "-q", "main")
		w.s.Git(w.dir, "ann", "merge", "-q", "--no-ff", "--no-commit", "f")
		w.commit("ann", map[string]string{"intent/b.yaml": "b: evil\n"})
		w.push("ann", "main")
		w.ask(gitea.Admin, "POST", "/pulls/1/merge", map[string]any{"Do": "manually-merged", "MergeCommitID": w.s.Git(w.dir, "ann", "rev-parse", "main")}, nil, 200, 405)
	}, "gate/not-landed"},
	{"turned to another branch", func(w *world) {
		w.s.Git(w.dir, "ann", "push", "-q", "origin", "main:stage")
		w.ask("ann", "PATCH", "/pulls/1", map[string]any{"base": "stage"}, nil, 201)
		w.approve("bob")
		w.merge("merge")
		w.protect(map[string]any{"enable_push": true})
		w.s.Git(w.dir, "mal", "fetch", "-q", "origin")
		w.s.Git(w.dir, "mal", "push", "-q", "origin", "origin/stage:main")
	}, "gate/other-request"},
	{"history can be rewritten", func(w *world) {
		w.approve("bob")
		w.merge("merge")
		w.protect(map[string]any{"enable_push": true, "enable_force_push": true})
	}, "gate/unprotected"},
	{"no plan was sealed", func(w *world) {
		w.plan.Changes[0].Do = []byte("another\n")
		w.approve("bob")
		w.merge("merge")
	}, "gate/digest-differs"},
	{"approved without naming the plan", func(w *world) { w.words = "fine"; w.approve("bob"); w.merge("merge") }, "gate/digest-not-named"},
	{"policy in the same request", func(w *world) {
		text, err := os.ReadFile(filepath.Join(w.dir, "policy.yaml"))
		if err != nil {
			w.Fatal(err)
		}
		w.commit("ann", map[string]string{"policy.yaml": strings.Replace(string(text), "demand: [no-force-push]", "signed: true", 1)})
		w.push("ann", "f")
		w.show()
		w.approve("bob")
		w.merge("merge")
	}, "gate/policy-changed"},
}
