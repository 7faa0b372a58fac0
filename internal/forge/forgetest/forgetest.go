// Package forgetest is a forge in memory, for tests: GitHub, GitLab or Gitea as far as
// plumbline asks them. It holds what it was told and can fail as they do.
package forgetest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// Fake is a forge that holds one change request, number 12. It answers as each of them documents:
// pages of 100 with a Link header (but Gitea gives all at once), ids of authors, 404 for what
// was deleted, 403 for what a token may not do.
type Fake struct {
	Kind, Token string
	Comments    []Comment // every comment, oldest first
	Statuses    []string  // commit, state, name and title
	Asks        []string  // method and path of every request
	Issues      []Issue
	Notes       []string // what was said on issues

	Denied *regexp.Regexp                                           // method and path that the token may not do
	Gone   bool                                                     // a comment that is edited was deleted meanwhile
	Spoil  func(w http.ResponseWriter, r *http.Request) (done bool) // answers instead

	mu sync.Mutex
}

// Comment is one comment; System ones GitLab writes itself.
type Comment struct {
	ID     int64  `json:"id"`
	Body   string `json:"body"`
	System bool   `json:"system"`
	Author User   `json:"author"`
}

// User is somebody on the forge.
type User struct {
	ID int64 `json:"id"`
}

// Issue is one issue.
type Issue struct {
	Title, Body string
	Closed      bool
}

// Ours is who the token is of, Stranger somebody else.
const Ours, Stranger = 7, 8

// ServeHTTP answers one request.
func (f *Fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	ask := r.Method + " " + r.URL.EscapedPath()
	f.Asks = append(f.Asks, ask)
	want := tokens(f.Kind, f.Token)
	switch {
	case r.Header.Get(want[0]) != want[1]:
		w.WriteHeader(http.StatusUnauthorized)
	case f.Spoil != nil && f.Spoil(w, r):
	case f.Denied != nil && f.Denied.MatchString(ask):
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"message":"Resource not accessible by integration `+f.Token+`"}`)
	case ask == "GET /api/user":
		fmt.Fprintf(w, `{"id":%d}`, Ours)
	case ask == "POST /api/graphql":
		fmt.Fprintf(w, `{"data":{"viewer":{"databaseId":%d}}}`, Ours)
	case r.Method == http.MethodGet:
		f.page(w, r)
	case issuePath.MatchString(r.URL.EscapedPath()):
		f.issue(w, r)
	case strings.Contains(r.URL.Path, "/statuses/"):
		f.status(r)
	default:
		f.comment(w, r)
	}
}

// tokens is how each forge is sent a token: the header, and what stands in it.
func tokens(kind, token string) [2]string {
	return map[string][2]string{"github": {"Authorization", "Bearer " + token}, "gitea": {"Authorization", "token " + token}, "gitlab": {"PRIVATE-TOKEN", token}}[kind]
}

func (f *Fake) page(w http.ResponseWriter, r *http.Request) {
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	from := min(max(0, page-1)*100, len(f.Comments))
	to := min(from+100, len(f.Comments))
	if f.Kind == "gitea" {
		from, to = 0, len(f.Comments)
	}
	if to < len(f.Comments) {
		w.Header().Set("Link", fmt.Sprintf(`<http://%s%s?page=1>; rel="first", <http://%s%s?page=%d>; rel="next"`, r.Host, r.URL.EscapedPath(), r.Host, r.URL.EscapedPath(), max(page, 1)+1))
	}
	type hubLike struct {
		ID   int64  `json:"id"`
		Body string `json:"body"`
		User User   `json:"user"`
	}
	var out []any
	for _, n := range f.Comments[from:to] {
		if f.Kind == "gitlab" {
			out = append(out, n)
		} else {
			out = append(out, hubLike{n.ID, n.Body, n.Author})
		}
	}
	json.NewEncoder(w).Encode(out)
}

func (f *Fake) status(r *http.Request) {
	var in map[string]string
	json.NewDecoder(r.Body).Decode(&in)
	at := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	f.Statuses = append(f.Statuses, strings.Join([]string{at, in["state"], in["context"] + in["name"], in["description"]}, " "))
}

var issuePath = regexp.MustCompile(`/issues(/[0-9]+)?(/notes)?$`)

// issue begins, edits and closes issues, each forge with the names of its own.
func (f *Fake) issue(w http.ResponseWriter, r *http.Request) {
	var in map[string]string
	json.NewDecoder(r.Body).Decode(&in)
	parts := strings.Split(strings.TrimSuffix(r.URL.Path, "/notes"), "/")
	n, _ := strconv.Atoi(parts[len(parts)-1])
	switch {
	case strings.HasSuffix(r.URL.Path, "/notes"):
		f.Notes = append(f.Notes, in["body"])
		return
	case r.Method == http.MethodPost:
		f.Issues = append(f.Issues, Issue{Title: in["title"], Body: in["body"] + in["description"]})
		n = len(f.Issues)
	case n < 1 || n > len(f.Issues):
		w.WriteHeader(http.StatusNotFound)
		return
	default:
		i := &f.Issues[n-1]
		i.Body = in["body"] + in["description"]
		i.Closed = i.Closed || in["state"] == "closed" || in["state_event"] == "close"
	}
	state := map[bool]string{true: "closed", false: map[string]string{"gitlab": "opened"}[f.Kind]}[f.Issues[n-1].Closed]
	if state == "" {
		state = "open"
	}
	fmt.Fprintf(w, `{"number":%d,"iid":%d,"state":%q}`, n, n, state)
}

func (f *Fake) comment(w http.ResponseWriter, r *http.Request) {
	var in map[string]string
	json.NewDecoder(r.Body).Decode(&in)
	last := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	id, _ := strconv.ParseInt(last, 10, 64)
	if r.Method == http.MethodPost && !strings.Contains(r.URL.Path, "/12/") { // of an issue, where these are comments too
		f.Notes = append(f.Notes, in["body"])
		return
	}
	if r.Method == http.MethodPost {
		f.Comments = append(f.Comments, Comment{ID: int64(len(f.Comments) + 1), Body: in["body"], Author: User{Ours}})
		return
	}
	for i := range f.Comments {
		if f.Comments[i].ID == id && !f.Gone {
			f.Comments[i].Body = in["body"]
			return
		}
	}
	w.WriteHeader(http.StatusNotFound)
}
