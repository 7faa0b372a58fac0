package forge

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// github is api.github.com or an enterprise server (GitHub REST API 2022-11-28: "Issue
// comments", "Commit statuses"). A comment holds 65,536 characters.
func github(c client) Forge {
	c.header = [2]string{"Authorization", "Bearer "}
	g := hub{c}
	return Forge{comments: g, statuses: g, notices: g, most: 65_536}
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
