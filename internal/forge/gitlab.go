package forge

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"plumbline/internal/gate"
)

// gitlab is gitlab.com or a server of one's own: base ends in /api/v4 (GitLab REST API:
// "Notes", "Commits: set the pipeline status"). A note holds 1,000,000 characters.
func gitlab(c client) Forge {
	c.header = [2]string{"PRIVATE-TOKEN", ""}
	g := lab{c}
	return Forge{comments: g, statuses: g, notices: g, evidence: g, waiting: g, clock: c.clock, most: 1_000_000,
		scope: "read_api, of somebody who sees the group"}
}

type lab struct{ client }

type labNote struct {
	ID     int64   `json:"id"`
	Body   string  `json:"body"`
	System bool    `json:"system"`
	Author hubUser `json:"author"`
}

func (g lab) project(format string, args ...any) string {
	return "/projects/" + url.PathEscape(g.client.project) + fmt.Sprintf(format, args...)
}

func (g lab) me(ctx context.Context) (string, error) {
	var u hubUser
	_, err := g.do(ctx, http.MethodGet, "/user", nil, &u)
	if err == nil && u.ID == 0 {
		err = fmt.Errorf("the forge does not say who we are")
	}
	return strconv.FormatInt(u.ID, 10), err
}

func (g lab) list(ctx context.Context, change int) (out []comment, err error) {
	found, err := all[labNote](ctx, g.client, g.project("/merge_requests/%d/notes?per_page=100&sort=asc&order_by=created_at", change))
	for _, n := range found {
		if !n.System {
			out = append(out, comment{strconv.FormatInt(n.ID, 10), strconv.FormatInt(n.Author.ID, 10), n.Body})
		}
	}
	return out, err
}

func (g lab) write(ctx context.Context, change int, id, body string) error {
	method, path := http.MethodPost, g.project("/merge_requests/%d/notes", change)
	if id != "" {
		method, path = http.MethodPut, path+"/"+url.PathEscape(id)
	}
	_, err := g.do(ctx, method, path, map[string]string{"body": body}, nil)
	return err
}

// set tells in GitLab's words: there is no state between failed and success.
func (g lab) set(ctx context.Context, commit, name string, s State, title string) error {
	state := "failed"
	if s == Success {
		state = "success"
	}
	_, err := g.do(ctx, http.MethodPost, g.project("/statuses/%s", url.PathEscape(commit)),
		map[string]string{"state": state, "name": name, "description": title}, nil)
	return err
}

// Evidence is read as the GitLab REST API documents it: "Commits" (merge requests of a
// commit), "Merge requests" (one, its versions, reviewers), "Merge request approvals", "Notes",
// "Members", "Users", "Protected branches".

func (g lab) here(ctx context.Context) (int64, error) {
	p, err := look[hubUser](ctx, g.client, g.project(""))
	return p.ID, err
}

func (g lab) ended(ctx context.Context, commit string) (out []int, err error) {
	found, err := looks[struct {
		Number int `json:"iid"`
	}](ctx, g.client, g.project("/repository/commits/%s/merge_requests?per_page=100", url.PathEscape(commit)))
	for _, q := range found {
		out = append(out, q.Number)
	}
	return out, err
}

func (g lab) request(ctx context.Context, number int) (gate.Request, error) {
	q, err := look[struct {
		Number int     `json:"iid"`
		Author hubUser `json:"author"`
		State  string  `json:"state"`
		Target int64   `json:"target_project_id"`
		Branch string  `json:"target_branch"`
		Head   string  `json:"sha"`
		Merge  string  `json:"merge_commit_sha,omitempty"`
		Squash string  `json:"squash_commit_sha,omitempty"`
	}](ctx, g.client, g.project("/merge_requests/%d", number))
	if err == nil && !strings.Contains(" opened closed locked merged ", " "+q.State+" ") {
		err = fmt.Errorf("request %d is %q: %w", number, q.State, errShape)
	}
	landed := q.Merge
	if landed == "" {
		landed = q.Squash
	}
	if landed == "" {
		landed = q.Head // merged by moving the branch forward
	}
	return gate.Request{Forge: "gitlab", Number: q.Number, Repository: q.Target, Branch: q.Branch, Head: q.Head, Merged: q.State == "merged", Landed: landed, Author: q.Author.ID}, err
}

type labVersion struct {
	Head string    `json:"head_commit_sha"`
	At   time.Time `json:"created_at"`
}

// said gives approvals and calls for changes. GitLab tells no commit: an approval is of the
// version that was the newest when it was given, and of none where none was older.
func (g lab) said(ctx context.Context, q *gate.Request) error {
	versions, err := looks[labVersion](ctx, g.client, g.project("/merge_requests/%d/versions?per_page=100", q.Number))
	if err != nil {
		return err
	}
	given, err := g.notes(ctx, q)
	if err != nil {
		return err
	}
	a, err := look[struct {
		By []struct {
			User hubUser   `json:"user"`
			At   time.Time `json:"approved_at,omitempty"` // of newer versions
		} `json:"approved_by"`
	}](ctx, g.client, g.project("/merge_requests/%d/approvals", q.Number))
	if err != nil {
		return err
	}
	for _, one := range a.By {
		if one.At.IsZero() {
			one.At = given[one.User.ID]
		}
		if err := g.add(ctx, q, one.User.ID, gate.Approves, one.At, versions); err != nil {
			return err
		}
	}
	return g.rejections(ctx, q, versions)
}

func (g lab) rejections(ctx context.Context, q *gate.Request, versions []labVersion) error {
	reviewers, err := looks[struct {
		User  hubUser   `json:"user"`
		State string    `json:"state"`
		At    time.Time `json:"created_at"`
	}](ctx, g.client, g.project("/merge_requests/%d/reviewers?per_page=100", q.Number))
	if err != nil {
		return err
	}
	for _, r := range reviewers {
		switch r.State {
		case "unreviewed", "reviewed", "approved", "unapproved", "review_started":
		case "requested_changes":
			if err := g.add(ctx, q, r.User.ID, gate.Rejects, r.At, versions); err != nil {
				return err
			}
		default:
			return fmt.Errorf("a reviewer of request %d is %q: %w", q.Number, r.State, errShape)
		}
	}
	return nil
}

// add adds a review. Of one account a call for changes stands until GitLab itself tells of
// an approval in its place, so it comes after.
func (g lab) add(ctx context.Context, q *gate.Request, account int64, says gate.Says, at time.Time, versions []labVersion) error {
	by, err := g.may(ctx, account)
	if err != nil {
		return err
	}
	r := gate.Review{ID: int64(len(q.Reviews) + 1), By: by, Says: says, At: at}
	if says == gate.Rejects { // when is not told: it is the last word
		r.At = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	var newest time.Time
	for _, v := range versions {
		if v.At.Before(r.At) && !v.At.Before(newest) {
			newest, r.Commit = v.At, v.Head
		}
	}
	if r.Commit == "" {
		return fmt.Errorf("a review of request %d is of no version, or nobody tells when it was given: %w", q.Number, errShape)
	}
	q.Reviews = append(q.Reviews, r)
	return nil
}

// notes adds who pushed, and gives when each account approved last, as the forge itself notes.
func (g lab) notes(ctx context.Context, q *gate.Request) (map[int64]time.Time, error) {
	list, err := looks[struct {
		Body   string    `json:"body"`
		System bool      `json:"system"`
		Author hubUser   `json:"author"`
		At     time.Time `json:"created_at"`
	}](ctx, g.client, g.project("/merge_requests/%d/notes?per_page=100&sort=asc&order_by=created_at", q.Number))
	if err != nil {
		return nil, err
	}
	given := map[int64]time.Time{}
	for _, n := range list {
		switch {
		case !n.System: // anybody's words
		case strings.HasPrefix(n.Body, "added ") && strings.Contains(n.Body, " commit"):
			q.Pushers = append(q.Pushers, n.Author.ID)
		case n.Body == "approved this merge request":
			given[n.Author.ID] = n.At
		}
	}
	return given, nil
}

// may tells whether an account is a person's, active, and may write: a developer or more.
func (g lab) may(ctx context.Context, account int64) (gate.Account, error) {
	u, err := look[struct {
		ID    int64  `json:"id"`
		Login string `json:"username"`
		State string `json:"state"`
		Bot   bool   `json:"bot"`
	}](ctx, g.client, "/users/"+strconv.FormatInt(account, 10))
	if err != nil {
		return gate.Account{}, err
	}
	out := gate.Account{ID: account, Login: u.Login, Bot: u.Bot}
	m, err := look[struct {
		ID    int64  `json:"id"`
		State string `json:"state"`
		Level int    `json:"access_level"`
	}](ctx, g.client, g.project("/members/all/%d", account))
	if errors.Is(err, ErrGone) {
		return out, nil
	}
	if err == nil && (m.ID != account || u.ID != account) {
		err = fmt.Errorf("account %d: %w", account, errShape)
	}
	out.Write = m.Level >= 30 && m.State == "active" && u.State == "active"
	return out, err
}

func (g lab) protection(ctx context.Context, branch string) ([]gate.Weakness, error) {
	p, err := look[struct {
		Push []struct {
			Level int  `json:"access_level,omitempty"` // null for a deploy key
			Key   *int `json:"deploy_key_id,omitempty"`
		} `json:"push_access_levels"`
		Force bool `json:"allow_force_push"`
	}](ctx, g.client, g.project("/protected_branches/%s", url.PathEscape(branch)))
	if errors.Is(err, ErrGone) {
		return unguarded(branch), nil
	}
	if err != nil {
		return nil, err
	}
	direct := false
	for _, l := range p.Push {
		direct = direct || l.Level > 0 || l.Key != nil
	}
	w := weak{}
	w.unless(!p.Force, gate.NoForcePush, "its history can be rewritten by a forced push")
	w.unless(!direct, gate.NoDirectPush, "some people or deploy keys may push to it")
	return g.settings(ctx, w)
}

// settings adds what is said of approvals, which lesser editions do not have.
func (g lab) settings(ctx context.Context, w weak) (weak, error) {
	s, err := look[struct {
		Reset      bool `json:"reset_approvals_on_push"`
		Author     bool `json:"merge_requests_author_approval"`
		Committers bool `json:"merge_requests_disable_committers_approval"`
		Fixed      bool `json:"disable_overriding_approvers_per_merge_request"`
	}](ctx, g.client, g.project("/approvals"))
	if err != nil && !errors.Is(err, ErrGone) && !errors.Is(err, ErrDenied) {
		return nil, err
	}
	rules, err := looks[struct {
		Count int `json:"approvals_required"`
	}](ctx, g.client, g.project("/approval_rules?per_page=100"))
	if err != nil && !errors.Is(err, ErrGone) && !errors.Is(err, ErrDenied) {
		return nil, err
	}
	count := false
	for _, r := range rules {
		count = count || r.Count > 0
	}
	w.unless(true, gate.AdminsToo, "") // its rules know no exempt people beside those of push
	w.unless(count && s.Fixed, gate.Reviews, "a request can be merged without an approval")
	w.unless(s.Reset, gate.StaleFalls, "an approval stays when the request changes")
	w.unless(false, gate.RejectedStops, "a call for changes is not known to stop a merge")
	w.unless(s.Committers && !s.Author, gate.OthersApprove, "who made or pushed a request can approve it")
	return w, nil
}
