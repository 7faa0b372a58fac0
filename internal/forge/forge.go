// Package forge speaks with a forge. It says what plumbline found: one comment on a change
// request, edited in place, and a status on a commit. And it reads, for the gate, who
// reviewed which commit of a request, and how the branch is protected.
//
// It decides nothing: a comment is a copy for people and is never read back, and what a
// review is worth is the gate's to judge. It knows the requests of each forge, one file a
// forge, and it refuses what it does not understand. A forge's answers are hostile: they are
// bounded, never shown, and lead to no other host.
package forge

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Say is a page on its way to a forge.
type Say struct {
	Change int    // number of the change request; 0: no comment
	Commit string // the commit that the status is of; "": no status
	Name   string // which report it is: one comment and one status for each
	Body   string // Markdown
	Quiet  bool   // there is nothing to say: a comment is edited, and none is begun
	State  State
	Title  string // of the status, one line
}

// State is what a status tells.
type State string

// The states.
const (
	Success State = "success"
	Failure State = "failure" // findings, or a refusal
	Trouble State = "error"   // not everything could be read
)

// comment is one comment as a forge lists it.
type comment struct {
	ID, Author, Body string
}

// comments are those of a change request.
type comments interface {
	// me is who we are on the forge.
	me(ctx context.Context) (string, error)
	// list gives every comment, oldest first.
	list(ctx context.Context, change int) ([]comment, error)
	// write edits the comment with an id, or begins one where there is no id.
	write(ctx context.Context, change int, id, body string) error
}

// statuses are those of commits.
type statuses interface {
	set(ctx context.Context, commit, name string, s State, title string) error
}

// Forge is one repository on a forge.
type Forge struct {
	comments comments
	statuses statuses
	notices  notices
	evidence evidence
	waiting  waiting
	clock    *time.Time // what time the forge said it was in its last answer
	most     int        // bytes of a comment
	scope    string     // what a token needs to read who is in a team, for messages
}

// Errors that a caller tells apart.
var (
	ErrDenied = errors.New("the token may not do this") // such as that of a job for a fork
	ErrGone   = errors.New("it is not there")
)

// kinds is every forge by name.
var kinds = map[string]func(client) Forge{
	"github": github,
	"gitlab": gitlab,
	"gitea":  gitea, // and Forgejo
}

// Kinds lists the forges, for messages.
func Kinds() []string { return []string{"gitea", "github", "gitlab"} }

// Open gives a repository on a forge: base is the address of its API, project the repository
// as the forge names it.
func Open(kind, base, project, token string) (Forge, error) {
	open, known := kinds[kind]
	if !known {
		return Forge{}, fmt.Errorf("no forge %q: there are %s", kind, strings.Join(Kinds(), ", "))
	}
	c, err := newClient(base, project, token)
	if err != nil {
		return Forge{}, err
	}
	return open(c), nil
}

// Post says a page: the status first, since it is what a branch may be protected by. What
// went wrong with one does not stop the other.
func (f Forge) Post(ctx context.Context, s Say) error {
	var all []error
	if s.Commit != "" {
		all = append(all, f.statuses.set(ctx, s.Commit, "plumbline/"+s.Name, s.State, short(s.Title)))
	}
	if s.Change > 0 {
		all = append(all, f.comment(ctx, s))
	}
	return errors.Join(all...)
}

// comment edits our comment, or begins it. Ours is the oldest that we wrote ourselves and that
// begins with the mark: the mark alone is anybody's.
func (f Forge) comment(ctx context.Context, s Say) error {
	mark := "<!-- plumbline:v1:" + s.Name + " -->"
	body := mark + "\n" + s.Body
	if len(body) > f.most {
		return fmt.Errorf("the report has %d bytes, and the forge takes %d in a comment", len(body), f.most)
	}
	me, err := f.comments.me(ctx)
	if err != nil {
		return err
	}
	all, err := f.comments.list(ctx, s.Change)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(all, func(c comment) bool { return c.Author == me && strings.HasPrefix(c.Body, mark) })
	if at >= 0 {
		if all[at].Body == body {
			return nil
		}
		err = f.comments.write(ctx, s.Change, all[at].ID, body)
		if !errors.Is(err, ErrGone) {
			return err
		}
	} else if s.Quiet {
		return nil
	}
	return f.comments.write(ctx, s.Change, "", body)
}

// short is a line that every forge takes as the title of a status.
func short(s string) string {
	const most = 140
	r := []rune(s)
	if len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
