package forge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"plumbline/internal/gate"
)

// gitea is Gitea or Forgejo: base ends in /api/v1. They speak the requests of GitHub where
// something is said, with the token sent in a word of their own. How long a comment may be is
// not documented: it is kept to what GitHub takes. Evidence is read as Gitea 1.26 answers;
// permissions and protection are told to an administrator of the repository alone.
func gitea(c client) Forge {
	c.header = [2]string{"Authorization", "token "}
	g := hub{c}
	return Forge{comments: g, statuses: g, notices: g, evidence: tea{c}, waiting: tea{c}, clock: c.clock, most: 65_536,
		scope: "read:organization, of an owner of the organization"}
}

type tea struct{ client }

type teaUser struct {
	ID    int64  `json:"id"`
	Login string `json:"login"`
}

func (g tea) here(ctx context.Context) (int64, error) {
	r, err := look[struct {
		ID int64 `json:"id"`
	}](ctx, g.client, g.repo(""))
	return r.ID, err
}

func (g tea) ended(ctx context.Context, commit string) ([]int, error) {
	q, err := look[struct {
		Number int `json:"number"`
	}](ctx, g.client, g.repo("/commits/%s/pull", url.PathEscape(commit)))
	if errors.Is(err, ErrGone) {
		return nil, nil
	}
	return []int{q.Number}, err
}

// request reads the head where the server keeps it for the request: the one that it answers
// with moves on when somebody pushes to the branch after the merge.
func (g tea) request(ctx context.Context, number int) (gate.Request, error) {
	q, err := look[struct {
		Number int     `json:"number"`
		User   teaUser `json:"user"`
		Merged bool    `json:"merged"`
		Landed string  `json:"merge_commit_sha,omitempty"` // null until it is merged
		Base   struct {
			Ref  string `json:"ref"`
			Repo int64  `json:"repo_id"`
		} `json:"base"`
	}](ctx, g.client, g.repo("/pulls/%d", number))
	if err != nil {
		return gate.Request{}, err
	}
	refs, err := looks[struct {
		Ref    string `json:"ref"`
		Object struct {
			SHA string `json:"sha"`
		} `json:"object"`
	}](ctx, g.client, g.repo("/git/refs/pull/%d/head", number)) // all that begin so
	head := ""
	for _, r := range refs {
		if r.Ref == fmt.Sprintf("refs/pull/%d/head", number) {
			head = r.Object.SHA
		}
	}
	return gate.Request{Forge: "gitea", Number: q.Number, Repository: q.Base.Repo, Branch: q.Base.Ref, Head: head, Merged: q.Merged, Landed: q.Landed, Author: q.User.ID}, err
}

type teaReview struct {
	ID        int64     `json:"id"`
	User      *teaUser  `json:"user,omitempty"` // null where a team was asked
	State     string    `json:"state"`
	Commit    string    `json:"commit_id"`
	Stale     bool      `json:"stale"`
	Official  bool      `json:"official"`
	Dismissed bool      `json:"dismissed"`
	Remarks   int       `json:"comments_count"`
	At        time.Time `json:"submitted_at"`
	Body      string    `json:"body"`
}

func (g tea) said(ctx context.Context, q *gate.Request) error {
	list, err := teaPages[teaReview](ctx, g.client, g.repo("/pulls/%d/reviews", q.Number), 0)
	if err != nil {
		return err
	}
	remarks := 0
	for _, r := range list {
		remarks += r.Remarks
	}
	dismissers, err := g.events(ctx, q, remarks)
	if err != nil {
		return err
	}
	for _, r := range list {
		says := map[string]gate.Says{"APPROVED": gate.Approves, "REQUEST_CHANGES": gate.Rejects}[r.State]
		switch {
		case r.State == "COMMENT" || r.State == "PENDING" || r.State == "REQUEST_REVIEW":
			continue
		case says == "" || r.User == nil:
			return fmt.Errorf("review %d of request %d is %q: %w", r.ID, q.Number, r.State, errShape)
		}
		by, err := g.may(ctx, *r.User)
		if err != nil {
			return err
		}
		one := gate.Review{ID: r.ID, By: by, Says: says, Commit: r.Commit, At: r.At, Dismissed: r.Dismissed, Dismisser: dismissers[r.ID], Names: gate.DigestsIn(r.Body)}
		switch {
		case r.Stale:
			one.Void = "the forge calls it stale"
		case !r.Official:
			one.Void = "the forge does not call it official: the branch does not take approvals of this account"
		}
		q.Reviews = append(q.Reviews, one)
	}
	return nil
}

// events adds who pushed, and gives who dismissed which review. Pages leave remarks on lines
// out, so an empty one is the last only if no remarks can stand behind it.
func (g tea) events(ctx context.Context, q *gate.Request, remarks int) (map[int64]int64, error) {
	list, err := teaPages[struct {
		Type   string   `json:"type"`
		User   *teaUser `json:"user,omitempty"`
		Review int64    `json:"review_id"`
		Body   string   `json:"body"`
	}](ctx, g.client, g.repo("/issues/%d/timeline", q.Number), remarks)
	if err != nil {
		return nil, err
	}
	dismissers := map[int64]int64{}
	q.Unpushed = true // a request that is merged at once is never told of in full
	for _, e := range list {
		switch {
		case e.User == nil && e.Type == "pull_push":
			return nil, fmt.Errorf("request %d was pushed to by nobody: %w", q.Number, errShape)
		case e.User == nil:
		case e.Type == "pull_push":
			q.Pushers = append(q.Pushers, e.User.ID)
			var pushed struct {
				Commits []string `json:"commit_ids"`
			}
			if json.Unmarshal([]byte(e.Body), &pushed) != nil {
				return nil, fmt.Errorf("a push to request %d: %w", q.Number, errShape)
			}
			q.Unpushed = q.Unpushed && !slices.Contains(pushed.Commits, q.Head)
		case e.Type == "dismiss_review":
			dismissers[e.Review] = e.User.ID
		}
	}
	return dismissers, nil
}

// may tells whether an account may write. The name is asked for, and must still be the
// account's.
func (g tea) may(ctx context.Context, u teaUser) (gate.Account, error) {
	p, err := look[struct {
		Permission string  `json:"permission"`
		User       teaUser `json:"user"`
	}](ctx, g.client, g.repo("/collaborators/%s/permission", url.PathEscape(u.Login)))
	if errors.Is(err, ErrGone) {
		return gate.Account{ID: u.ID, Login: u.Login}, nil
	}
	if err == nil && p.User.ID != u.ID {
		err = fmt.Errorf("account %d is not %q any more: try again", u.ID, u.Login)
	}
	if err != nil {
		return gate.Account{}, err
	}
	write, known := map[string]bool{"none": false, "read": false, "write": true, "admin": true, "owner": true}[p.Permission]
	if !known {
		return gate.Account{}, fmt.Errorf("the permission of %d is %q: %w", u.ID, p.Permission, errShape)
	}
	return gate.Account{ID: u.ID, Login: u.Login, Bot: u.ID < 0, Write: write}, nil
}

// teaPages reads pages until one is empty: Gitea names no next page here. Where a page can
// leave hidden items out, more empty ones are read, as many as these could fill.
func teaPages[T any](ctx context.Context, c client, path string, hidden int) (out []T, err error) {
	largest, empty, mark := 1, 0, '?'
	if strings.Contains(path, "?") {
		mark = '&'
	}
	for page := 1; page <= mostPages; page++ {
		var raws []json.RawMessage
		if _, err := c.do(ctx, http.MethodGet, fmt.Sprintf("%s%climit=50&page=%d", path, mark, page), nil, &raws); err != nil {
			return nil, err
		}
		read, err := wholes[T](raws, path)
		if err != nil {
			return nil, err
		}
		out = append(out, read...)
		if largest = max(largest, len(raws)); len(raws) > 0 {
			empty = 0
			continue
		}
		if empty++; empty > hidden/largest {
			return out, nil
		}
	}
	return nil, fmt.Errorf("%s has more than %d pages", path, mostPages)
}

func (g tea) protection(ctx context.Context, branch string) ([]gate.Weakness, error) {
	b, err := look[struct {
		Protected bool   `json:"protected"`
		Rule      string `json:"effective_branch_protection_name"`
	}](ctx, g.client, g.repo("/branches/%s", url.PathEscape(branch)))
	if err != nil {
		return nil, err
	}
	if !b.Protected {
		return unguarded(branch), nil
	}
	p, err := look[struct {
		Push      bool  `json:"enable_push"`
		PushList  bool  `json:"enable_push_whitelist"`
		Keys      bool  `json:"push_whitelist_deploy_keys"`
		Force     *bool `json:"enable_force_push,omitempty"` // Forgejo does not tell
		Approvals int64 `json:"required_approvals"`
		Rejected  bool  `json:"block_on_rejected_reviews"`
		Stale     bool  `json:"dismiss_stale_approvals"`
		Ignored   bool  `json:"ignore_stale_approvals,omitempty"`
		Admins    bool  `json:"block_admin_merge_override,omitempty"` // Gitea
		Everybody bool  `json:"apply_to_admins,omitempty"`            // Forgejo
	}](ctx, g.client, g.repo("/branch_protections/%s", url.PathEscape(b.Rule)))
	if err != nil {
		return nil, err
	}
	var w weak
	w.unless(p.Force != nil && !*p.Force, gate.NoForcePush, "its history can be rewritten by a forced push, or the forge does not tell")
	w.unless(!p.Push, gate.NoDirectPush, map[bool]string{true: "some people or deploy keys may push to it", false: "everybody who may write may push to it"}[p.PushList || p.Keys])
	w.unless(p.Admins || p.Everybody, gate.AdminsToo, "administrators may merge past its rules")
	w.unless(p.Approvals > 0, gate.Reviews, "a request is merged without an approval")
	w.unless(p.Stale || p.Ignored, gate.StaleFalls, "an approval stays when the request changes")
	w.unless(p.Rejected, gate.RejectedStops, "a call for changes does not stop a merge")
	w.unless(false, gate.OthersApprove, "who pushed to a request that somebody else made can approve it")
	return w, nil
}
