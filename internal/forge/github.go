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

// github is api.github.com or an enterprise server (GitHub REST API 2022-11-28: "Issue
// comments", "Commit statuses"). A comment holds 65,536 characters.
func github(c client) Forge {
	c.header = [2]string{"Authorization", "Bearer "}
	g := hub{c}
	return Forge{comments: g, statuses: g, notices: g, evidence: g, waiting: g, clock: c.clock, most: 65_536,
		scope: "Members: read-only of the organization, or the classic scope read:org"}
}

// hub is the API that GitHub began, and that Gitea and Forgejo speak too.
type hub struct{ client }

type hubUser struct {
	ID int64 `json:"id"`
}

type hubComment struct {
	ID   int64   `json:"id"`
	Body string  `json:"body"`
	User hubUser `json:"user"`
}

// me asks who we are. The token of a job may not ask so, and asks in the other way (GitHub
// GraphQL API, "viewer").
func (g hub) me(ctx context.Context) (string, error) {
	var u hubUser
	_, err := g.do(ctx, http.MethodGet, "/user", nil, &u)
	if errors.Is(err, ErrDenied) {
		var v struct {
			Data struct {
				Viewer struct {
					ID int64 `json:"databaseId"`
				} `json:"viewer"`
			} `json:"data"`
		}
		if _, err = g.do(ctx, http.MethodPost, g.graph(), map[string]string{"query": "{viewer{databaseId}}"}, &v); err == nil {
			u.ID = v.Data.Viewer.ID
		}
	}
	if err == nil && u.ID == 0 {
		err = errors.New("the forge does not say who we are")
	}
	return strconv.FormatInt(u.ID, 10), err
}

// graph is where GraphQL is asked: beside v3 on an enterprise server.
func (g hub) graph() string {
	if base, ok := strings.CutSuffix(g.base.String(), "/v3"); ok {
		return base + "/graphql"
	}
	return "/graphql"
}

func (g hub) list(ctx context.Context, change int) (out []comment, err error) {
	found, err := all[hubComment](ctx, g.client, g.repo("/issues/%d/comments?per_page=100", change))
	for _, c := range found {
		out = append(out, comment{strconv.FormatInt(c.ID, 10), strconv.FormatInt(c.User.ID, 10), c.Body})
	}
	return out, err
}

func (g hub) write(ctx context.Context, change int, id, body string) error {
	method, path := http.MethodPost, g.repo("/issues/%d/comments", change)
	if id != "" {
		method, path = http.MethodPatch, g.repo("/issues/comments/%s", url.PathEscape(id))
	}
	_, err := g.do(ctx, method, path, map[string]string{"body": body}, nil)
	return err
}

func (g hub) set(ctx context.Context, commit, name string, s State, title string) error {
	_, err := g.do(ctx, http.MethodPost, g.repo("/statuses/%s", url.PathEscape(commit)),
		map[string]string{"state": string(s), "context": name, "description": title}, nil)
	return err
}

// Evidence is read as the GitHub REST API 2022-11-28 documents it: "Commits" (pull requests
// associated with a commit), "Pulls", "Pull request reviews", "Timeline events",
// "Collaborators" (repository permissions for a user), "Protected branches", "Repository rules".

func (g hub) here(ctx context.Context) (int64, error) {
	r, err := look[hubUser](ctx, g.client, g.repo(""))
	return r.ID, err
}

func (g hub) ended(ctx context.Context, commit string) (out []int, err error) {
	found, err := looks[struct {
		Number int `json:"number"`
	}](ctx, g.client, g.repo("/commits/%s/pulls?per_page=100", url.PathEscape(commit)))
	for _, q := range found {
		out = append(out, q.Number)
	}
	return out, err
}

func (g hub) request(ctx context.Context, number int) (gate.Request, error) {
	q, err := look[struct {
		Number int     `json:"number"`
		User   hubUser `json:"user"`
		Merged bool    `json:"merged"`
		Landed string  `json:"merge_commit_sha,omitempty"`
		Base   struct {
			Ref  string  `json:"ref"`
			Repo hubUser `json:"repo"`
		} `json:"base"`
		Head struct {
			SHA string `json:"sha"`
		} `json:"head"`
	}](ctx, g.client, g.repo("/pulls/%d", number))
	return gate.Request{Forge: "github", Number: q.Number, Repository: q.Base.Repo.ID, Branch: q.Base.Ref, Head: q.Head.SHA, Merged: q.Merged, Landed: q.Landed, Author: q.User.ID}, err
}

type hubAccount struct {
	ID    int64  `json:"id"`
	Login string `json:"login"`
	Type  string `json:"type"`
}

func (g hub) said(ctx context.Context, q *gate.Request) error {
	dismissed, err := g.events(ctx, q)
	if err != nil {
		return err
	}
	list, err := looks[struct {
		ID     int64       `json:"id"`
		User   *hubAccount `json:"user,omitempty"` // null where the account is gone
		State  string      `json:"state"`
		Commit string      `json:"commit_id,omitempty"`
		At     time.Time   `json:"submitted_at,omitempty"` // absent while it is pending
		Body   string      `json:"body"`
	}](ctx, g.client, g.repo("/pulls/%d/reviews?per_page=100", q.Number))
	if err != nil {
		return err
	}
	for _, r := range list {
		one := gate.Review{ID: r.ID, Commit: r.Commit, At: r.At, Names: gate.DigestsIn(r.Body)}
		switch r.State {
		case "COMMENTED", "PENDING":
			continue
		case "APPROVED":
			one.Says = gate.Approves
		case "CHANGES_REQUESTED":
			one.Says = gate.Rejects
		case "DISMISSED": // what it was, and who dismissed it, stands in the events alone
			was, known := dismissed[r.ID]
			if !known {
				return fmt.Errorf("review %d of request %d is dismissed, and no event tells what it was: %w", r.ID, q.Number, errShape)
			}
			one.Says, one.Dismissed, one.Dismisser = was.Says, true, was.Dismisser
			if one.Says == "" {
				continue
			}
		default:
			return fmt.Errorf("review %d of request %d is %q: %w", r.ID, q.Number, r.State, errShape)
		}
		if r.User == nil {
			return fmt.Errorf("review %d of request %d is nobody's: %w", r.ID, q.Number, errShape)
		}
		if one.By, err = g.may(ctx, *r.User); err != nil {
			return err
		}
		q.Reviews = append(q.Reviews, one)
	}
	return nil
}

// events adds who pushed by force, which is all that GitHub tells of pushes, and gives what
// was dismissed, as it was and by whom.
func (g hub) events(ctx context.Context, q *gate.Request) (map[int64]gate.Review, error) {
	list, err := looks[struct {
		Event     string   `json:"event"`
		Actor     *hubUser `json:"actor,omitempty"`
		Dismissed *struct {
			State string `json:"state"`
			ID    int64  `json:"review_id"`
		} `json:"dismissed_review,omitempty"`
	}](ctx, g.client, g.repo("/issues/%d/timeline?per_page=100", q.Number))
	if err != nil {
		return nil, err
	}
	out := map[int64]gate.Review{}
	for _, e := range list {
		switch {
		case e.Event == "head_ref_force_pushed" && e.Actor == nil:
			return nil, fmt.Errorf("request %d was pushed to by nobody: %w", q.Number, errShape)
		case e.Event == "head_ref_force_pushed":
			q.Pushers = append(q.Pushers, e.Actor.ID)
		case e.Event == "review_dismissed" && e.Dismissed != nil:
			says, known := map[string]gate.Says{"approved": gate.Approves, "changes_requested": gate.Rejects, "commented": ""}[e.Dismissed.State]
			if !known {
				return nil, fmt.Errorf("a dismissed review was %q: %w", e.Dismissed.State, errShape)
			}
			r := gate.Review{Says: says}
			if e.Actor != nil {
				r.Dismisser = e.Actor.ID
			}
			out[e.Dismissed.ID] = r
		}
	}
	return out, nil
}

func (g hub) may(ctx context.Context, u hubAccount) (gate.Account, error) {
	out := gate.Account{ID: u.ID, Login: u.Login, Bot: u.Type != "User"}
	if out.Bot {
		return out, nil
	}
	p, err := look[struct {
		Permission string  `json:"permission"`
		User       hubUser `json:"user"`
	}](ctx, g.client, g.repo("/collaborators/%s/permission", url.PathEscape(u.Login)))
	if errors.Is(err, ErrGone) {
		return out, nil
	}
	if err == nil && p.User.ID != u.ID {
		err = fmt.Errorf("account %d is not %q any more: try again", u.ID, u.Login)
	}
	if err != nil {
		return out, err
	}
	write, known := map[string]bool{"none": false, "read": false, "write": true, "admin": true}[p.Permission]
	if !known {
		err = fmt.Errorf("the permission of %d is %q: %w", u.ID, p.Permission, errShape)
	}
	out.Write = write
	return out, err
}

type hubSwitch struct {
	On bool `json:"enabled"`
}

// hubReviews is what both systems of protection ask of reviews, in the same words.
type hubReviews struct {
	Count    int             `json:"required_approving_review_count"`
	Stale    bool            `json:"dismiss_stale_reviews,omitempty"`
	StaleToo bool            `json:"dismiss_stale_reviews_on_push,omitempty"` // in a rule
	LastPush bool            `json:"require_last_push_approval"`
	Bypass   *map[string]any `json:"bypass_pull_request_allowances,omitempty"`
}

// protection reads both systems, which hold side by side: a guard that one of them gives is
// there.
func (g hub) protection(ctx context.Context, branch string) ([]gate.Weakness, error) {
	force, exempt, reviews, err := g.classic(ctx, branch)
	if err != nil {
		return nil, err
	}
	rules, err := looks[struct {
		Type    string      `json:"type"`
		Ruleset int64       `json:"ruleset_id"`
		Params  *hubReviews `json:"parameters,omitempty"`
	}](ctx, g.client, g.repo("/rules/branches/%s?per_page=100", url.PathEscape(branch)))
	if err != nil {
		return nil, err
	}
	for _, r := range rules {
		open, err := g.bypassed(ctx, r.Ruleset)
		if err != nil {
			return nil, err
		}
		switch {
		case r.Type == "non_fast_forward":
			force = false
		case r.Type == "pull_request" && r.Params != nil:
			reviews, exempt = append(reviews, *r.Params), exempt && open
		}
	}
	var count, stale, last bool
	for _, r := range reviews {
		count, stale, last = count || r.Count > 0, stale || r.Stale || r.StaleToo, last || r.LastPush
	}
	var w weak
	w.unless(!force, gate.NoForcePush, "its history can be rewritten by a forced push")
	w.unless(len(reviews) > 0, gate.NoDirectPush, "everybody who may write may push to it")
	w.unless(!exempt, gate.AdminsToo, "administrators, or others by name, are exempt from its rules")
	w.unless(count, gate.Reviews, "a request is merged without an approval")
	w.unless(stale, gate.StaleFalls, "an approval stays when the request changes")
	w.unless(count, gate.RejectedStops, "a call for changes does not stop a merge")
	w.unless(last, gate.OthersApprove, "who pushed last can approve")
	return w, nil
}

// classic reads the older system.
func (g hub) classic(ctx context.Context, branch string) (force, exempt bool, reviews []hubReviews, err error) {
	p, err := look[struct {
		Admins  hubSwitch   `json:"enforce_admins"`
		Force   hubSwitch   `json:"allow_force_pushes"`
		Reviews *hubReviews `json:"required_pull_request_reviews,omitempty"`
	}](ctx, g.client, g.repo("/branches/%s/protection", url.PathEscape(branch)))
	if errors.Is(err, ErrGone) {
		return true, true, nil, nil
	}
	exempt = !p.Admins.On
	if p.Reviews != nil {
		reviews = append(reviews, *p.Reviews)
		if p.Reviews.Bypass != nil {
			for _, list := range *p.Reviews.Bypass {
				some, isList := list.([]any)
				exempt = exempt || !isList || len(some) > 0
			}
		}
	}
	return p.Force.On, exempt || p.Reviews == nil, reviews, err
}

// bypassed tells whether somebody may pass by a ruleset; who may is told to administrators
// alone, and silence counts as somebody.
func (g hub) bypassed(ctx context.Context, ruleset int64) (bool, error) {
	r, err := look[struct {
		Actors *[]any `json:"bypass_actors,omitempty"`
	}](ctx, g.client, g.repo("/rulesets/%d", ruleset))
	if errors.Is(err, ErrGone) || errors.Is(err, ErrDenied) {
		return true, nil
	}
	return r.Actors == nil || len(*r.Actors) > 0, err
}
