package forge

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// Notice is what a scheduled job says once: an issue that is open as long as there is
// something to tell, edited in place.
type Notice struct {
	Number int // of the issue that an earlier run began; 0: none
	Title  string
	Body   string // Markdown: all there is to tell now
	News   string // Markdown: what is new since; "": nothing, and nobody is called
	Over   bool   // there is nothing more to tell
}

// notices are the issues of a repository.
type notices interface {
	begin(ctx context.Context, title, body string) (int, error)
	edit(ctx context.Context, number int, body string, closed bool) (open bool, err error)
	note(ctx context.Context, number int, body string) error
}

// Notice says it, and gives the number of the issue for the next run; 0 where none is open.
// One that somebody closed by hand stays closed until there is news.
func (f Forge) Notice(ctx context.Context, n Notice) (int, error) {
	if len(n.Body) > f.most || len(n.News) > f.most {
		return n.Number, fmt.Errorf("the report is longer than the %d bytes that the forge takes", f.most)
	}
	open := false
	if n.Number > 0 {
		var err error
		if open, err = f.notices.edit(ctx, n.Number, n.Body, n.Over); err != nil && !errors.Is(err, ErrGone) {
			return n.Number, err
		}
	}
	switch {
	case n.Over:
		return 0, nil
	case open && n.News != "":
		return n.Number, f.notices.note(ctx, n.Number, n.News)
	case open:
		return n.Number, nil
	case n.News == "":
		return 0, nil
	}
	return f.notices.begin(ctx, n.Title, n.Body)
}

type hubIssue struct {
	Number int    `json:"number"`
	State  string `json:"state"`
}

func (g hub) begin(ctx context.Context, title, body string) (int, error) {
	var made hubIssue
	_, err := g.do(ctx, http.MethodPost, g.repo("/issues"), map[string]string{"title": title, "body": body}, &made)
	if err == nil && made.Number < 1 {
		err = errors.New("the forge does not say which issue it made")
	}
	return made.Number, err
}

func (g hub) edit(ctx context.Context, number int, body string, closed bool) (bool, error) {
	in := map[string]string{"body": body}
	if closed {
		in["state"] = "closed"
	}
	var is hubIssue
	_, err := g.do(ctx, http.MethodPatch, g.repo("/issues/%d", number), in, &is)
	return is.State == "open", err
}

func (g hub) note(ctx context.Context, number int, body string) error {
	return g.write(ctx, number, "", body)
}

type labIssue struct {
	Number int    `json:"iid"`
	State  string `json:"state"`
}

func (g lab) begin(ctx context.Context, title, body string) (int, error) {
	var made labIssue
	_, err := g.do(ctx, http.MethodPost, g.project("/issues"), map[string]string{"title": title, "description": body}, &made)
	if err == nil && made.Number < 1 {
		err = errors.New("the forge does not say which issue it made")
	}
	return made.Number, err
}

func (g lab) edit(ctx context.Context, number int, body string, closed bool) (bool, error) {
	in := map[string]string{"description": body}
	if closed {
		in["state_event"] = "close"
	}
	var is labIssue
	_, err := g.do(ctx, http.MethodPut, g.project("/issues/%d", number), in, &is)
	return is.State == "opened", err
}

func (g lab) note(ctx context.Context, number int, body string) error {
	_, err := g.do(ctx, http.MethodPost, g.project("/issues/%d/notes", number), map[string]string{"body": body}, nil)
	return err
}
